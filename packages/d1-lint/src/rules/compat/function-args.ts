import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';

const LIMIT = LIMITS.functionArguments;

const row = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');

export default defineRule({
  id: 'compat/function-args',
  severity: 'error',
  kind: 'engine',
  summary: `A function with more than ${LIMIT} arguments is refused.`,
  why: `SQLite takes 1,000 arguments, and D1 ${LIMIT}. Mostly it is json_object() or concat() with many columns.`,
  bad: [`CREATE VIEW highest AS SELECT max(${row(LIMIT + 1)}) AS number;`],
  good: [`CREATE VIEW highest AS SELECT max(max(${row(32)}), max(${row(32)})) AS number;`],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const node of tree?.all('FunctionCall') ?? []) {
        const count = node.args.length;
        if (count <= LIMIT) continue;
        const name = node.functionName;
        report({
          at: name,
          message: `${name.text} gets ${count} arguments, and D1 refuses more than ${LIMIT}.`,
          help: 'Split the call: max(max(…), max(…)), json_patch(json_object(…), json_object(…)), concat(…) || concat(…).',
        });
      }
    }
  },
});
