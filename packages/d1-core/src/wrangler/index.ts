export { findWrangler, type Wrangler } from './find-wrangler.ts';
export {
  readJson,
  runWrangler,
  type WranglerResult,
  type WranglerRun,
  loadSplitter,
  targetArguments,
  type WranglerTarget,
} from './run-wrangler.ts';
export {
  explainAnswer,
  explainFailure,
  explainSqlError,
  isCommitRefused,
  shownOutput,
  sqlErrorKind,
  type SqlErrorKind,
} from './explain-failure.ts';
