import type { LintStatement, RuleContext } from '../engine/rule.ts';

/** Whether a rule has said of a statement already that D1 refuses it. For the rules that run last. */
export const hasEngineError = (
  { start, end }: Pick<LintStatement, 'start' | 'end'>,
  findings: RuleContext['findings'],
): boolean =>
  findings.some(
    ({ kind, severity, range }) =>
      kind === 'engine' && severity === 'error' && start <= range.start && range.start <= end,
  );
