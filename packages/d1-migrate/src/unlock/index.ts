export {
  describeLock,
  describeUnlock,
  unlock,
  unlockDocument,
  type UnlockRequest,
  type UnlockResult,
} from './unlock.ts';
