export { folderTree, type FileChange, type FileTree, type FolderTree } from './file-tree.ts';
export {
  findDatabase,
  migrationsFolder,
  noWorker,
  readWorker,
  type Log,
  type Site,
  type SiteOptions,
  type Worker,
} from './site.ts';
