export { describeLock, describeUnlock, unlockDocument } from './describe.ts';
export { unlock, type UnlockRequest, type UnlockResult } from './unlock.ts';
