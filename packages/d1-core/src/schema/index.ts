export {
  type Affinity,
  affinityOf,
  type Column,
  columnOf,
  contentTable,
  EMPTY_VALUE,
  type ForeignKey,
  type ForeignKeyAction,
  hasSameNames,
  type Index,
  keyFlaw,
  type KeyFlaw,
  parentsFirst,
  primaryKeyOf,
  type Schema,
  type SchemaObject,
  type Table,
  type Trigger,
  type View,
} from './model.ts';
export {
  compilableText,
  openReplay,
  type Replay,
  type ReplayOptions,
  type ReplayOutcome,
  type ReplayStatement,
  openWorkbench,
  type SchemaWorkbench,
} from './replay.ts';
export { openDatabaseFile, openMemoryDatabase } from './sqlite.ts';
export {
  createObjects,
  objectEntries,
  readSchema,
  schemaOf,
  readCatalog,
  READ_CATALOG,
  type CatalogEntry,
  type SchemaSource,
} from './read-schema.ts';
export { canonicalSql, fingerprint, isSameSql } from './canonical-sql.ts';
export { describeSchemaChanges, diffSchemas, tableDetails, type SchemaChange } from './diff.ts';
