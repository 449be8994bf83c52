export { listArchives, type ArchiveFacts, type ListedArchive, type ShelfList } from './list-archives.ts';
export { newestArchive } from './newest-archive.ts';
export { DEFAULT_OUTPUT, openShelf, type ShelfRequest } from './open-shelf.ts';
export type { Shelf, ShelfFile } from './shelf.ts';
