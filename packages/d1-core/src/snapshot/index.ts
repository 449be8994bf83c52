export { replaceDatabase, requireUnusedDatabase } from './replace-database.ts';
export { restoreSnapshot, type RestoredSnapshot } from './restore-snapshot.ts';
export { KEPT_SNAPSHOTS, listSnapshots, type Snapshot } from './store.ts';
export { takeSnapshot } from './take-snapshot.ts';
