export { archiveError, shownEntry } from './archive-error.ts';
export { factsOf, manifestName, manifestText, readManifest, type ArchiveFacts } from './archive-facts.ts';
export { archiveName, archiveTime, ENTRIES, PARTIAL } from './layout.ts';
export { manifestLines, withLists } from './manifest-lines.ts';
export {
  FORMAT_VERSION,
  metadataText,
  archiveMetadata,
  objectMetadata,
  readArchiveMetadata,
  type ArchiveMetadata,
  type ContentCheck,
  type DatabaseRecord,
  type EntryRecord,
  type ObjectMetadata,
  type ObjectProblem,
  type ObjectRecord,
  type ObjectsRecord,
  type Proof,
  type RowWithoutParent,
  type SearchDigest,
  type TableDigest,
} from './metadata.ts';
export { readMigrationState, STATE_VERSION, type MigrationState } from './migration-state.ts';
export { problemLines, type Problem, type ProblemCode } from './problem.ts';
