export {
  describeFolder,
  describePlan,
  describeRestore,
  describeUndo,
  folderDocument,
  restoreDocument,
} from './describe.ts';
export { restoreFolder } from './folder.ts';
export { restore } from './restore.ts';
