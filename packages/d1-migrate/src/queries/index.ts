export {
  brokenQueries,
  compareQueries,
  HOW_TO_SPLIT,
  installedQueries,
  isNotPossible,
  liveDatabase,
  type QueriesCheck,
  type QueriesNeed,
  type QueriesNote,
  type QueriesRequest,
  requireWorkingQueries,
} from './compare.ts';
export { deployedCode, type DeployDetail, type DeployedCode } from './deployed.ts';
export { describeQueries, queriesDocument, queriesMarkdown } from './describe.ts';
