import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';

/** What Cloudflare's documentation allows. The local engine takes more. */
const DOCUMENTED = 32;

const row = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');

export default defineRule({
  id: 'compat/function-args',
  severity: 'error',
  kind: 'engine',
  summary: `A function with more than ${DOCUMENTED} arguments.`,
  why: `SQLite takes 1,000 arguments. Cloudflare's documentation allows ${DOCUMENTED}, and the engine on your machine takes
${LIMITS.functionArguments}; so a call with a number between them passes there, and is not promised to pass on the service. Mostly it
is json_object() or concat() with many columns.`,
  bad: [`CREATE VIEW highest AS SELECT max(${row(LIMITS.functionArguments + 1)}) AS number;`],
  good: [`CREATE VIEW highest AS SELECT max(max(${row(30)}), max(${row(30)})) AS number;`],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const node of tree?.all('FunctionCall') ?? []) {
        const count = node.count('args');
        if (count <= DOCUMENTED) continue;
        const name = node.name('func_name');
        report({
          at: name ?? node,
          message:
            count > LIMITS.functionArguments
              ? `${name?.text ?? 'This function'} gets ${count} arguments, and D1 refuses more than ${LIMITS.functionArguments}.`
              : `${name?.text ?? 'This function'} gets ${count} arguments. D1 documents ${DOCUMENTED} as its limit, although the engine on your machine takes ${LIMITS.functionArguments}.`,
          help: 'Split the call: max(max(…), max(…)), json_patch(json_object(…), json_object(…)), concat(…) || concat(…).',
        });
      }
    }
  },
});
