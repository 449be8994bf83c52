export { openArchive, peekArchive, peekRemoteArchive, type OpenArchiveOptions } from './open-archive.ts';
export type { Archive, ArchiveEntry } from './archive.ts';
export { archiveName, archiveTime, ENTRIES, PARTIAL } from './layout.ts';
export {
  FORMAT_VERSION,
  type ArchiveMetadata,
  type DatabaseRecord,
  type EntryRecord,
  type PhotosRecord,
  type Proof,
} from './metadata.ts';
export {
  readMigrationState,
  STATE_VERSION,
  type AppliedRecord,
  type MigrationFileRecord,
  type MigrationState,
} from './migration-state.ts';
export { writeArchive, type ArchiveWriter, type NewEntry } from './write-archive.ts';
export { schemaDigest } from './schema-digest.ts';
export { shownEntry } from './archive-error.ts';
