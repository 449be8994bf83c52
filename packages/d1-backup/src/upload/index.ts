export { openUpload, type Upload } from './upload-archive.ts';
