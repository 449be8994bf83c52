export { encryptArchive, requireRecipients } from './age.ts';
export {
  type Archive,
  type ArchiveEntry,
  type OpenArchiveOptions,
  openArchive,
  peekArchive,
} from './open-archive.ts';
export { readSigner, requireSignature, type Signer } from './signature.ts';
export type { RemoteFile } from './range-reader.ts';
export { type ArchiveWriter, writeArchive } from './write-archive.ts';
