export {
  D1Error,
  isD1Error,
  type D1ErrorDetails,
  type FailureExitCode,
  type SourceLocation,
} from './d1-error.ts';
export {
  explainFileError,
  explainFileText,
  isDiskFull,
  systemCodeOf,
  type FileErrorContext,
} from './file-error.ts';
export { nearest } from './nearest.ts';
export { maskSecrets } from './mask-secrets.ts';
