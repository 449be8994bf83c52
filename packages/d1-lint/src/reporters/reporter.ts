import type { Rule } from '../engine/index.ts';
import type { LintReport } from '../run/index.ts';

/** A report as text, with its line ends but without the last one. */
export type Reporter = (report: LintReport, rules: readonly Rule[]) => string;
