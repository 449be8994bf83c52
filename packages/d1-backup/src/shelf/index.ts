export { openChosen } from './choose-archive.ts';
export { describeList, listDocument, ofEnvironment } from './describe-list.ts';
export { describePrune, pruneDocument } from './describe-prune.ts';
export { listArchives } from './list-archives.ts';
export type { BucketShelf } from './bucket-shelf.ts';
export { openShelf, openUpload } from './open-shelf.ts';
export { prune } from './prune.ts';
