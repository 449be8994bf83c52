/** What other tools compose with. The targets are inferred by `d1-backup/plugin`. */
export { archiveName, archiveTime, ENTRIES, FORMAT_VERSION, openArchive } from './archive/index.ts';
export type {
  Archive,
  ArchiveEntry,
  ArchiveMetadata,
  DatabaseRecord,
  EntryRecord,
  OpenArchiveOptions,
  PhotosRecord,
  Proof,
} from './archive/index.ts';
export { default as initGenerator } from './generators/init/generator.ts';
export type { InitGeneratorSchema } from './generators/init/schema.d.ts';
