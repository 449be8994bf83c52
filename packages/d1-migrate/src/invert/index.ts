export { replayMigrations, type MigrationStatement, type MigrationStep } from './replay-migrations.ts';
export { invert, type Inversion } from './invert.ts';
export { traceLineage, UNDO_ROWID, type DataChange, type Lineage, type Successor } from './lineage.ts';
export { uniqueLosses } from './losses.ts';
export { statementsBetween } from './statements-between.ts';
export { triggerWrites } from './trigger-writes.ts';
export { conditionOf } from './condition-of.ts';
