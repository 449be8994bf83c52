export {
  D1Error,
  type D1ErrorDetails,
  type FailureExitCode,
  isD1Error,
  maskSecrets,
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
export { isObject, messageOf } from './unknown.ts';
