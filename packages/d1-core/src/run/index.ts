export {
  runCommand,
  show,
  type CommandOptions,
  type CommandResult,
  type ExitCode,
  type Outcome,
} from './command.ts';
export { confirmTarget } from './confirm.ts';
export { identifyRun, type Identify, type RunIdentity } from './identity.ts';
export { interruptible } from './interrupt.ts';
export { onStandardError } from './on-standard-error.ts';
export { showProgress } from './progress.ts';
export { isPassing, REAL_CLOCK, retryRead, type Clock } from './retry-read.ts';
export { runIf } from './run-if.ts';
export { LOCK_STAYS, lockOwner, releaseLock, takeLock, withLock, type LockedDatabase } from './with-lock.ts';
