/** What the other plugins of this repository use of the linter. It is not published. */
export {
  activeRules,
  checkConfig,
  configSchema,
  findConfig,
  loadConfig,
  type LintConfig,
} from './config/index.ts';
export {
  lint,
  type Finding,
  type LintFile,
  type LintResult,
  type Rule,
  type Severity,
} from './engine/index.ts';
export { ruleDocs } from './explain/index.ts';
export { reporters, type Format } from './reporters/index.ts';
export { allRules } from './rules/index.ts';
export {
  lintFile,
  lintWorkspace,
  readFolder,
  runLint,
  type LintReport,
  type LintRequest,
} from './run/index.ts';
