export { readBookmark, restoreBookmark } from './bookmark.ts';
export { findWrangler, type Wrangler } from './find-wrangler.ts';
export { runWrangler, type WranglerResult, type WranglerRun } from './run-wrangler.ts';
export { readJson } from './read-json.ts';
export {
  explainFailure,
  explainSqlError,
  isCommitRefused,
  shownOutput,
  sqlErrorKind,
  type SqlErrorKind,
} from './explain-failure.ts';
export { loadSplitter } from './split-sql.ts';
export { targetArguments, type WranglerTarget } from './target.ts';
