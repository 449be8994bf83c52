export { chooseArchive } from './choose-archive.ts';
export { describeList, listDocument, ofEnvironment } from './describe-list.ts';
export { describePrune, pruneDocument } from './describe-prune.ts';
export { listArchives } from './list-archives.ts';
export { openShelf } from './open-shelf.ts';
export { prune } from './prune.ts';
export { type Upload, openUpload } from './upload-archive.ts';
