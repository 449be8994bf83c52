export { ABORT, errorOf, firstFailure, isAborted } from './first-failure.ts';
export { locateFailure, type LocatedFailure } from './failing-statement.ts';
