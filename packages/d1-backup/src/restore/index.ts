export type { WayBack } from './database-restore.ts';
export {
  describeFolder,
  describePlan,
  describeRestore,
  describeUndo,
  folderDocument,
  restoreDocument,
} from './describe.ts';
export { restoreFolder, type FolderRestore, type RestoredFolder } from './folder.ts';
export type { DatabasePlan, RestorePlan } from './plan.ts';
export { restore, type RestoreRequest, type RestoreResult } from './restore.ts';
