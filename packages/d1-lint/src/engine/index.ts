export type { Edit, Finding, Fix, Kind, Range, Severity } from './finding.ts';
export { fixFiles, type FixResult } from './fix.ts';
export { lint, type LintOptions, type LintResult } from './lint.ts';
export {
  defineRule,
  type Example,
  type LintFile,
  type LintStatement,
  type Rule,
  type RuleContext,
  type WranglerSplit,
} from './rule.ts';
export type { ActiveRule } from './run-rules.ts';
