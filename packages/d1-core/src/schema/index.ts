export {
  columnOf,
  primaryKeyOf,
  type Column,
  type ForeignKey,
  type ForeignKeyAction,
  type Index,
  type Schema,
  type SchemaObject,
  type Table,
  type Trigger,
  type View,
} from './model.ts';
export {
  openReplay,
  type Replay,
  type ReplayOptions,
  type ReplayOutcome,
  type ReplayStatement,
} from './replay.ts';
export { openMemoryDatabase } from './sqlite.ts';
export {
  readSchema,
  schemaOf,
  readCatalog,
  READ_CATALOG,
  type CatalogEntry,
  type SchemaSource,
} from './read-schema.ts';
export { fingerprint } from './fingerprint.ts';
export { canonicalSql } from './canonical-sql.ts';
