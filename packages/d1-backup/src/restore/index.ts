export {
  describeFolder,
  describePlan,
  describeRestore,
  describeUndo,
  folderDocument,
  restoreDocument,
} from './describe.ts';
export { restoreFolder, type RestoredFolder } from './folder.ts';
export { restore, type RestoreResult } from './restore.ts';
