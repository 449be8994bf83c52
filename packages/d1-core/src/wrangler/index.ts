export { findWrangler, type Wrangler } from './find-wrangler.ts';
export { runWrangler, type WranglerResult, type WranglerRun } from './run-wrangler.ts';
export { readJson } from './read-json.ts';
export {
  explainAnswer,
  explainFailure,
  explainSqlError,
  isCommitRefused,
  shownOutput,
  sqlErrorKind,
  type SqlErrorKind,
} from './explain-failure.ts';
export { loadSplitter, targetArguments, type WranglerTarget } from './target.ts';
