export {
  compareContents,
  type ColumnChange,
  type MatchedBy,
  type TableComparison,
  type TablePair,
} from './compare-contents.ts';
export { searchFaults, type SearchFault } from './search-faults.ts';
