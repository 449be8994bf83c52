export {
  type CommandOptions,
  type CommandResult,
  confirmTarget,
  type ExitCode,
  interruptible,
  type Outcome,
  runCommand,
  show,
  showProgress,
  identifyRun,
  type Identify,
  type RunIdentity,
  onStandardError,
} from './command.ts';
export { isPassing, REAL_CLOCK, retryRead, type Clock } from './retry-read.ts';
export {
  lockStays,
  lockOwner,
  releaseLock,
  runIf,
  takeLock,
  withLock,
  type LockedDatabase,
} from './with-lock.ts';
