import { D1Error, nearest } from 'd1-core/errors';
import { style, table } from 'd1-core/report';
import { isInPreset } from '../config/index.ts';
import type { Example, Rule } from '../engine/index.ts';

const KINDS = {
  engine: 'D1 refuses it, or ignores it',
  data: 'D1 does it, and data may be lost or altered',
  policy: 'house policy: D1 accepts it',
} as const;

/** The page of a rule, for a terminal. Throws D1Error `unknown-rule`. */
export function explain(id: string, rules: readonly Rule[]): readonly string[] {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) throw unknownRule(id, rules);
  return [
    `${style.bold(rule.id)}  ${rule.severity}, ${KINDS[rule.kind]}`,
    '',
    rule.summary,
    '',
    ...rule.why.split('\n'),
    ...rule.bad.slice(0, 1).flatMap((example) => section(style.bad('Bad'), example)),
    ...rule.good.slice(0, 1).flatMap((example) => section(style.good('Good'), example)),
    '',
    `Switch it off for one statement with a comment above it:`,
    `  -- d1-lint-disable-next-statement ${rule.id}: <reason>`,
  ];
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

/** Longer lines of an example are cut: some are about length itself. */
const MAX_WIDTH = 200;
const MAX_LINES = 40;

function section(title: string, example: Example): readonly string[] {
  const files =
    typeof example === 'string'
      ? [example]
      : Object.entries(example).map(([name, sql]) => `-- ${name}\n${sql}`);
  const lines = files.flatMap((file) => file.split('\n'));
  const shown = lines
    .slice(0, MAX_LINES)
    .map((line) => `  ${line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line}`);
  return ['', title, ...shown, ...(lines.length > MAX_LINES ? ['  …'] : [])];
}

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
