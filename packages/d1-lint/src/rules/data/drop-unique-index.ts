import { columnOf, primaryKeyOf, type Index } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';

const setUp = {
  '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email);`,
};

export default defineRule({
  id: 'data/drop-unique-index',
  severity: 'warning',
  kind: 'policy',
  summary: 'DROP INDEX takes away what kept values unique.',
  why: `D1 accepts it. A unique index is a constraint: without it duplicates get in unseen, ON CONFLICT of the Worker that
still runs fails, and the index cannot be made again as long as a duplicate is there.`,
  bad: [{ ...setUp, '0002_drop.sql': 'DROP INDEX users_email;' }],
  good: [
    {
      ...setUp,
      '0002_nocase.sql': `DROP INDEX users_email;
CREATE UNIQUE INDEX users_email ON users (email COLLATE NOCASE);`,
    },
  ],
  check(context) {
    const { before, statements, report } = context;
    for (const { tree } of statements) {
      if (tree?.is('DropStmt') !== true || tree.objectType !== 'INDEX') continue;
      const name = tree.target.objectName;
      const index = before.index(name.text);
      if (index?.unique !== true || index.sql === undefined) continue;
      if (isMeant(index, context)) continue;
      const columns = index.columns.map((column) => column ?? 'an expression').join(', ');
      report({
        at: name,
        message: `Without ${index.name}, ${index.table} takes duplicates in ${columns}.`,
        help: `Keep it, or create its successor in the same file:\n${index.sql};\nWhere duplicates are meant, say so above the statement:\n-- d1-lint-disable-next-statement data/drop-unique-index: …`,
      });
    }
  },
});

/** The table or a column goes too, or something at the end of the file keeps the same columns unique. */
function isMeant({ table: name, columns }: Index, { after }: RuleContext): boolean {
  const table = after.table(name);
  if (table === undefined) return true;
  if (columns.some((column) => column !== undefined && columnOf(table, column) === undefined)) return true;
  const wanted = new Set(columns.map((column) => foldName(column ?? '')));
  return [
    primaryKeyOf(table),
    ...after
      .indexesOf(name)
      .filter(({ unique }) => unique)
      .map((index) => index.columns),
  ].some((key) => key.length > 0 && key.every((column) => wanted.has(foldName(column ?? ''))));
}
