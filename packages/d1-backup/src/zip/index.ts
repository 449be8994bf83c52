export { encryptArchive, requireRecipients } from './age.ts';
export {
  type Archive,
  type ArchiveEntry,
  type OpenArchiveOptions,
  openArchive,
  peekArchive,
  peekRemoteArchive,
} from './open-archive.ts';
export { type ArchiveWriter, writeArchive } from './write-archive.ts';
