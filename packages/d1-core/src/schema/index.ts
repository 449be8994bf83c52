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
export { fingerprint } from './fingerprint.ts';
export { canonicalSql, isSameSql } from './canonical-sql.ts';
export { openWorkbench, type SchemaWorkbench } from './workbench.ts';
export { affinityOf, EMPTY_VALUE, type Affinity } from './affinity.ts';
export { closureRebuild, hasRowNumber, type ClosureRebuild } from './closure-rebuild.ts';
export { hasSameNames, keyFlaw, type KeyFlaw } from './key-flaw.ts';
export { parentsFirst } from './table-order.ts';
export { contentTable } from './content-table.ts';
export {
  parseTableDefinition,
  partOfColumn,
  printTableDefinition,
  renameTableDefinition,
  type TableDefinition,
  type TablePart,
} from './table-definition.ts';
export {
  parseColumnDefinition,
  printColumnDefinition,
  type ColumnClause,
  type ColumnClauseKind,
  type ColumnDefinition,
} from './column-definition.ts';
export { restoreSequence } from './restore-sequence.ts';
export { describeSchemaChanges, diffSchemas, tableDetails, type SchemaChange } from './diff.ts';
