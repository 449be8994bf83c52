export {
  type AnalysedMigration,
  type AnalysedStatement,
  analyseMigrations,
  type Effect,
  isDestructive,
} from './analyse.ts';
export { countStatements, type LossPlan, planLosses, readCounts, type TableCounts } from './plan.ts';
export { beginTrace, firstName, follow, type TableTrace } from './table-trace.ts';
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
