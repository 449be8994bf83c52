export { analyseMigrations, type AnalysedMigration, type AnalysedStatement } from './analyse.ts';
export { isDestructive, type Effect } from './effect.ts';
export { planLosses, type LossPlan } from './plan.ts';
export { beginTrace, firstName, follow, type TableTrace } from './table-trace.ts';
export { countStatements, readCounts, type RowCounts } from './count.ts';
export { announcement, isUnannounced, lossesBetween, type RowLoss } from './losses.ts';
export { describeLosses, lossPhrase } from './describe.ts';
