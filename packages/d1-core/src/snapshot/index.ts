export {
  copySnapshot,
  KEPT_SNAPSHOTS,
  listSnapshots,
  replaceDatabase,
  requireUnusedDatabase,
  type RestoredSnapshot,
  restoreSnapshot,
  type Snapshot,
  takeSnapshot,
} from './snapshot.ts';
