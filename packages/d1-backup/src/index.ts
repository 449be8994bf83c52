/** What other tools compose with. The targets are inferred by `d1-backup/plugin`. */
export { archiveName, archiveTime, ENTRIES, FORMAT_VERSION } from './format/index.ts';
export { openArchive } from './zip/index.ts';
export type { ArchiveMetadata, DatabaseRecord, EntryRecord, ObjectsRecord, Proof } from './format/index.ts';
export type { Archive, ArchiveEntry, OpenArchiveOptions } from './zip/index.ts';
export { init as initGenerator } from './factories.ts';
