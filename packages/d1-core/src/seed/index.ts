export { storedColumns, tablesWithRows, type ContentRow, type Contents } from './contents.ts';
export { findRefusals, findSeeds, type Refusal, type Seeds } from './seed.ts';
