export { ABORT, errorOf, firstFailure, isAborted, type LocatedFailure, locateFailure } from './explain.ts';
