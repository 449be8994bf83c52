export {
  catalogDifference,
  READ_STATE,
  readActualSchema,
  readCatalogState,
  schemaDifference,
  type CatalogState,
} from './catalog-state.ts';
export { conditionOf } from './clauses.ts';
export { expectedSteps, type Expected } from './expected-steps.ts';
export type { InsertedRow } from './inserted-rows.ts';
export { traceLineage, UNDO_ROWID, type CapturedData, type DataChange, type Lineage } from './lineage.ts';
export type { Successor } from './tracked-tables.ts';
export { replayMigrations, type MigrationStatement, type MigrationStep } from './replay-migrations.ts';
export { triggerWrites } from './trigger-writes.ts';
