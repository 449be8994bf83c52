export { describeList, listDocument, ofEnvironment } from './describe-list.ts';
export { describePrune, pruneDocument } from './describe-prune.ts';
export type { KeepRules } from './keep-rules.ts';
export { listArchives, type ArchiveFacts, type ListedArchive, type ShelfList } from './list-archives.ts';
export { newestArchive } from './newest-archive.ts';
export { DEFAULT_OUTPUT, openShelf, type ShelfRequest } from './open-shelf.ts';
export { prune, type PruneRequest, type PruneResult } from './prune.ts';
export type { Shelf, ShelfFile } from './shelf.ts';
