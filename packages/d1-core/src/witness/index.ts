export {
  compareContents,
  compareTable,
  examplesOf,
  openBeside,
  type MatchedBy,
  type TableComparison,
  type TablePair,
} from './compare-contents.ts';
export { attachMemory, hold, remember, type Side } from './hold.ts';
export type { ColumnChange } from './cells.ts';
export type { Example } from './examples.ts';
export { listTables } from './table-shape.ts';
export { searchFaults, type SearchFault } from './search-faults.ts';
