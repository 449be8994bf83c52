import type { Edit } from '../engine/finding.ts';
import type { LintStatement, RuleContext } from '../engine/rule.ts';

/** Adds a statement, given without semicolon, on a line of its own after another one. */
export function insertAfter(
  { end, terminated }: LintStatement,
  { tokens }: Pick<RuleContext, 'tokens'>,
  sql: string,
): Edit {
  const semicolon = terminated ? tokens.find(({ text, start }) => start >= end && text === ';') : undefined;
  const at = semicolon?.end ?? end;
  return { start: at, end: at, text: `${terminated ? '' : ';'}\n${sql};` };
}
