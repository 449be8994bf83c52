export type { WayBack } from './database-restore.ts';
export { describePlan, describeRestore, describeUndo, restoreDocument } from './describe.ts';
export { requireFolder, restoreFolder, type FolderRestore, type RestoredFolder } from './folder.ts';
export type { DatabasePlan, RestorePlan } from './plan.ts';
export { restore, type RestoreRequest, type RestoreResult } from './restore.ts';
