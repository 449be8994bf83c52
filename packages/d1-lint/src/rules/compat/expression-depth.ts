import { LIMITS } from '../../d1/engine.ts';
import { defineRule } from '../../engine/rule.ts';
import { deepestExpression } from '../../recipes/expression-depth.ts';

const LIMIT = LIMITS.expressionDepth;
/** No statement with fewer tokens gets there, even with subqueries in subqueries, which count several times. */
const MIN_TOKENS = 30;

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
const ids = Array.from({ length: 110 }, (_, index) => index + 1);

export default defineRule({
  id: 'compat/expression-depth',
  severity: 'error',
  kind: 'engine',
  summary: `An expression that is more than ${LIMIT} levels deep is refused.`,
  why: `SQLite allows a depth of 1,000, and D1 of ${LIMIT}. Each operator, function or CASE is a level; in a row of OR, AND, + or ||
each further term is one more, so that about a hundred terms are the end. A subquery counts on top of the expression it stands in.
D1 says "Expression tree is too large".`,
  bad: [
    {
      '0001_users.sql': users,
      '0002_clean.sql': `DELETE FROM users WHERE ${ids.map((id) => `id = ${id}`).join(' OR ')};`,
    },
  ],
  good: [{ '0001_users.sql': users, '0002_clean.sql': `DELETE FROM users WHERE id IN (${ids.join(', ')});` }],
  check({ statements, report }) {
    for (const { tree, tokens } of statements) {
      const deepest = tree === undefined || tokens.length < MIN_TOKENS ? undefined : deepestExpression(tree);
      if (deepest === undefined || deepest.depth <= LIMIT) continue;
      report({
        at: deepest.node,
        message: `This expression is ${deepest.depth} levels deep, and D1 refuses more than ${LIMIT}.`,
        help: 'Write a row of OR as IN (…), and of || as concat(…). Or do it in several statements.',
      });
    }
  },
});
