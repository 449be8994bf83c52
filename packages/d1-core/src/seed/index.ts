export { storedColumns, tablesWithRows, type ContentRow, type Contents } from './contents.ts';
export {
  findRefusals,
  findSeeds,
  isFilledFromOthers,
  type Refusal,
  type Seeds,
  sowLiterals,
  sowRows,
  type Literals,
} from './seed.ts';
