/** What the other plugins of this repository use of the linter. It is not published. */
export {
  activeRules,
  checkConfig,
  configSchema,
  DROPPED_RULES,
  RENAMED_OPTIONS,
  findConfig,
  loadConfig,
  type LintConfig,
} from './config/index.ts';
export type { Finding, Severity } from './engine/finding.ts';
export { lint, type LintResult } from './engine/lint.ts';
export type { LintFile, Rule } from './engine/rule.ts';
export { ruleDocs } from './explain/index.ts';
export { reporters } from './reporters/index.ts';
export { allRules } from './rules/index.ts';
export { lintFile, lintMigrations, readFolder, type LintReport, type LintRequest } from './run/index.ts';
