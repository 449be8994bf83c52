import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';

/** What Cloudflare's documentation allows. The local engine takes more. */
const DOCUMENTED = 32;

const row = (count: number): string => Array.from({ length: count }, (_, index) => index + 1).join(', ');

export default defineRule({
  id: 'compat/undocumented-function-args',
  severity: 'warning',
  kind: 'policy',
  summary: `A function with more than the ${DOCUMENTED} arguments that Cloudflare documents.`,
  why: `The engine on your machine takes ${LIMITS.functionArguments} arguments, and migrations with more than ${DOCUMENTED} have run on the service. But ${DOCUMENTED} is what
Cloudflare's page of limits promises.`,
  bad: [`CREATE VIEW highest AS SELECT max(${row(DOCUMENTED + 1)}) AS number;`],
  good: [`CREATE VIEW highest AS SELECT max(${row(DOCUMENTED)}) AS number;`],
  check({ statements, report }) {
    for (const { tree } of statements) {
      for (const node of tree?.all('FunctionCall') ?? []) {
        const count = node.args.length;
        if (count <= DOCUMENTED || count > LIMITS.functionArguments) continue;
        const name = node.functionName;
        report({
          at: name,
          message: `${name.text} gets ${count} arguments. D1 accepts that today, and documents ${DOCUMENTED} as its limit.`,
          help: 'Split the call: max(max(…), max(…)), json_patch(json_object(…), json_object(…)), concat(…) || concat(…).',
        });
      }
    }
  },
});
