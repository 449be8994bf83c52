export {
  countStatements,
  lossesBetween,
  type LossPlan,
  planLosses,
  type Planned,
  readCounts,
  type TableCounts,
  unplannedLosses,
  unplannedRows,
} from './plan.ts';
export { observe, observeAll, removeDatabase, type Observation, type PlacedLoss } from './observe.ts';
export { describeExamples, describeLosses, lossPhrase } from './describe.ts';
