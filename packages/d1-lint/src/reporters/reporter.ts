import type { Rule } from '../engine/rule.ts';
import type { LintReport } from '../run/index.ts';

/** A report as text, with its line ends but without the last one. The exit code is 0 or 1: whether the run has failed. */
export type Reporter = (report: LintReport, rules: readonly Rule[], exitCode: number) => string;
