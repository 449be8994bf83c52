import { columnOf, type Column } from 'd1-core/schema';
import { sameName, type SyntaxNode } from 'd1-core/sql';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { followTables } from '../../recipes/follow-tables.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { sourceTables } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, name, phone) VALUES (1, 'Ada', '+44 1');",
};

export default defineRule({
  id: 'data/rebuild-drops-column',
  severity: 'error',
  kind: 'data',
  summary: 'A rebuild does not copy a column, and with the old table its values are gone.',
  why: `The new table of a rebuild holds only what the copy writes. A column that the new table has not, or that the copy
forgets, is lost like with DROP COLUMN, only that no statement says so. D1 cannot bring it back, and the Worker that
still runs asks for it until the new one is deployed.`,
  bad: [
    {
      ...setUp,
      '0003_strict.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
    {
      ...setUp,
      '0003_strict.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT) STRICT;
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0003_strict.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT) STRICT;
INSERT INTO new_users (id, name, phone) SELECT id, name, phone FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      const read = readColumns(rebuild, context);
      if (read === 'all') continue;
      const lost = rebuild.table.columns.filter((column) => isLost(column, read));
      if (lost.length === 0) continue;
      const { name } = rebuild.table;
      const columns = lost.map((column) => column.name).join(', ');
      const kept = lost.filter((column) => rebuild.result && columnOf(rebuild.result, column.name));
      context.report({
        at: rebuild.copies[0]?.tree?.child('table')?.name('table_name') ?? rebuild.dropped,
        message: `The copy of ${name} leaves out ${columns}, and DROP TABLE deletes what ${lost.length === 1 ? 'it holds' : 'they hold'}.${generatedBy(rebuild, context)}`,
        help:
          kept.length === lost.length
            ? `Add ${columns} to both lists of the copy.`
            : `Keep ${columns} in the new table and add ${lost.length === 1 ? 'it' : 'them'} to both lists of the copy. Where the data is to go, first deploy a Worker that no longer uses it, and back the table up. Then say so above the statement:\n-- d1-lint-disable-next-statement data/rebuild-drops-column: unused since …, backed up on …`,
      });
    }
  },
});

const isLost = ({ name, generated }: Column, read: readonly string[]): boolean =>
  generated === 'no' && !read.some((one) => sameName(one, name));

/** The columns that any statement before the DROP takes from the old table. Without a copy, another rule speaks. */
function readColumns({ existing, drop, copies }: Rebuild, context: RuleContext): readonly string[] | 'all' {
  if (copies.length === 0) return 'all';
  const tables = followTables(context);
  const reading = context.statements
    .filter((statement) => statement.index < drop.index)
    .filter((statement) =>
      (statement.tree?.is('UpdateStmt') === true
        ? statement.tree.all('TableRef')
        : sourceTables(statement)
      ).some((one) => tables.at(statement, one.name('table_name')?.text ?? '')?.existing === existing),
    )
    .flatMap(({ tree }) => (tree === undefined ? [] : readingParts(tree)));
  if (reading.length === 0) return 'all';
  if (reading.some((part) => part.all('ResultColumn').some((item) => item.hasFlag('STAR')))) return 'all';
  return reading.flatMap((part) => part.all('ColumnRef').flatMap((node) => node.name('column')?.text ?? []));
}

const readingParts = (tree: SyntaxNode): readonly SyntaxNode[] =>
  tree.is('UpdateStmt')
    ? [tree]
    : [tree.child('source'), tree.child('as_select'), tree.child('with_ctes')].filter(
        (part) => part !== undefined,
      );
