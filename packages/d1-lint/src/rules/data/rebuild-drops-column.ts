import { columnOf } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { keptColumns } from '../../recipes/kept-columns.ts';
import { rebuildsOf } from '../../recipes/rebuilds.ts';
import { rowsAfter } from '../../recipes/rows-after.ts';

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
      const isCopied = rebuild.copies.length > 0 || rebuild.create.tree?.asSelect !== undefined;
      // Without a copy, another rule speaks.
      if (!isCopied || rowsAfter(rebuild, context).are === 'gone') continue;
      const kept = keptColumns(rebuild, context);
      const lost = rebuild.table.columns.filter(
        ({ name, generated }) => generated === 'no' && !kept.has(foldName(name)),
      );
      if (lost.length === 0) continue;
      const { name } = rebuild.table;
      const columns = lost.map((column) => column.name).join(', ');
      const stay = lost.filter((column) => rebuild.result && columnOf(rebuild.result, column.name));
      context.report({
        at: rebuild.copies[0]?.tree?.table?.tableName ?? rebuild.dropped,
        message: `The copy of ${name} leaves out ${columns}, and DROP TABLE deletes what ${lost.length === 1 ? 'it holds' : 'they hold'}.${generatedBy(rebuild, context)}`,
        help:
          stay.length === lost.length
            ? `Add ${columns} to both lists of the copy.`
            : `Keep ${columns} in the new table and add ${lost.length === 1 ? 'it' : 'them'} to both lists of the copy. Where the data is to go, first deploy a Worker that no longer uses it, and back the table up. Then say so above the statement:\n-- d1-lint-disable-next-statement data/rebuild-drops-column: unused since …, backed up on …`,
      });
    }
  },
});
