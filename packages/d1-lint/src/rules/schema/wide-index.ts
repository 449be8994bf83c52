import { defineRule } from '../../engine/rule.ts';

const posts =
  'CREATE TABLE posts (id INTEGER PRIMARY KEY, team TEXT, user TEXT, state TEXT, place TEXT, title TEXT);';

export default defineRule({
  id: 'schema/wide-index',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'An index of more than three columns that is not UNIQUE.',
  why: `D1 accepts it. Each further column helps only a query that gives values for all columns before it, and makes the index
larger and each write of one of them dearer. More than three rarely pay; the columns that leave the fewest rows come first.`,
  bad: [`${posts}\nCREATE INDEX posts_all ON posts (team, user, state, place);`],
  good: [
    `${posts}\nCREATE INDEX posts_team ON posts (team, user, state);`,
    `${posts}\nCREATE UNIQUE INDEX posts_key ON posts (team, user, state, place);`,
  ],
  check({ statements, report }) {
    for (const { tree } of statements) {
      if (tree?.is('CreateIndexStmt') !== true || tree.isUnique || tree.columns.length <= 3) continue;
      const name = tree.indexName;
      report({
        at: name,
        message: `The index ${name.text} has ${String(tree.columns.length)} columns; more than three rarely pay.`,
        help: 'Keep the columns that the queries always give, the most selective first. EXPLAIN QUERY PLAN shows how many are used.',
      });
    }
  },
});
