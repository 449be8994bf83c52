export {
  D1Error,
  type D1ErrorDetails,
  type FailureExitCode,
  isD1Error,
  maskSecrets,
  type SourceLocation,
  nearest,
  isObject,
  messageOf,
} from './d1-error.ts';
export {
  explainFileError,
  explainFileText,
  isDiskFull,
  systemCodeOf,
  type FileErrorContext,
} from './file-error.ts';
