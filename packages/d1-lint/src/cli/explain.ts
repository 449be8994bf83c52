import { D1Error, nearest } from 'd1-core/errors';
import { table } from 'd1-core/report';
import { isInPreset } from '../config/index.ts';
import type { Rule } from '../engine/index.ts';
import { rulePage, terminal } from '../explain/index.ts';

/** The page of a rule, for a terminal. Throws D1Error `unknown-rule`. */
export async function explain(id: string, rules: readonly Rule[]): Promise<readonly string[]> {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw unknownRule(id, rules);
  return terminal(await rulePage(rule));
}

/** All rules, one a line. */
export const listRules = (rules: readonly Rule[]): readonly string[] =>
  table(
    rules.map((rule) => [
      rule.id,
      isInPreset(rule, 'recommended') ? rule.severity : `off (strict: ${rule.severity})`,
      rule.kind,
      rule.summary,
    ]),
  );

function unknownRule(id: string, rules: readonly Rule[]): D1Error {
  const ids = rules.map((rule) => rule.id);
  const meant = nearest(id, ids) ?? ids.find((one) => one.split('/')[1] === id);
  return new D1Error({
    code: 'unknown-rule',
    message: `There is no rule "${id}".`,
    fix: meant === undefined ? 'Run "npx d1-lint rules" for the list.' : `Did you mean "${meant}"?`,
    exitCode: 2,
  });
}
