export { analyseMigrations, type AnalysedMigration, type AnalysedStatement } from './analyse.ts';
export { isDestructive, type Effect } from './effect.ts';
export { planLosses, type LossPlan } from './plan.ts';
export { beginTrace, firstName, follow, type TableTrace } from './table-trace.ts';
export { countStatements, readCounts, type TableCounts } from './count.ts';
export {
  announcements,
  isUnannounced,
  lossesBetween,
  unplannedLosses,
  type Loss,
  type Planned,
} from './losses.ts';
export { judge, type IntendedChange } from './judge.ts';
export {
  mayTouchRows,
  observe,
  observeAll,
  removeDatabase,
  traceAfter,
  type LossExample,
  type Observation,
  type PlacedLoss,
} from './observe.ts';
export { describeExamples, describeLosses, lossPhrase } from './describe.ts';
