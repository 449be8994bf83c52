import { identifier, sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type LintStatement } from '../../engine/rule.ts';

const tables = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, title TEXT NOT NULL);`;

export default defineRule({
  id: 'dml/implicit-cross-join',
  severity: 'warning',
  kind: 'policy',
  summary: 'Tables joined by a comma, without any condition.',
  why: `D1 accepts it, and combines every row of one table with every row of the other: a thousand rows by a thousand are a
million rows read, and billed. Mostly a condition was forgotten. Where every combination is meant, CROSS JOIN says so.`,
  bad: [`${tables}\nCREATE VIEW authors AS SELECT users.name, posts.title FROM users, posts;`],
  good: [
    `${tables}\nCREATE VIEW authors AS SELECT users.name, posts.title FROM users JOIN posts ON posts.user_id = users.id;`,
    `${tables}\nCREATE VIEW authors AS SELECT users.name, posts.title FROM users, posts WHERE posts.user_id = users.id;`,
    `${tables}\nCREATE VIEW pairs AS SELECT users.name, posts.title FROM users CROSS JOIN posts;`,
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      for (const select of statement.tree?.all('SelectStmt') ?? []) {
        const joined = select.where === undefined ? tablesOf(select.from) : [];
        const [first, second] = joined;
        if (second === undefined || !joined.every((table) => isStored(table, statement))) continue;
        const left = first?.tableName?.text ?? '';
        const at = second.tableName ?? second;
        const right = second.tableName?.text ?? '';
        report({
          at,
          message: `Nothing says which rows of ${left} and ${right} belong together, so every row is combined with every other.`,
          help: `Add the condition, or say that all combinations are meant:\nFROM ${identifier(left)} JOIN ${identifier(right)} ON …\nFROM ${identifier(left)} CROSS JOIN ${identifier(right)}`,
        });
      }
    }
  },
});

/** The tables of a FROM in which all is joined by commas; none where a join of another kind is among them. */
function tablesOf(source: SyntaxNode | undefined): readonly SyntaxNode[] {
  if (source?.is('TableRef') === true) return [source];
  if (source?.is('JoinClause') !== true || source.joinType !== 'COMMA') return [];
  const left = tablesOf(source.left);
  const right = tablesOf(source.right);
  return left.length === 0 || right.length === 0 ? [] : [...left, ...right];
}

/** A table that is known to hold rows of its own: no function such as json_each, no CTE, no view of one row. */
function isStored(table: SyntaxNode, { tree, before }: LintStatement): boolean {
  const name = table.tableName?.text ?? '';
  const isCte = tree?.all('CteDefinition').some((cte) => sameName(cte.cteName.text, name));
  return table.argList === undefined && isCte !== true && before.table(name)?.storage === 'ordinary';
}
