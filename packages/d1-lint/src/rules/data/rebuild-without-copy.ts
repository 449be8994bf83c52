import { columnOf } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { writableColumns } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { rebuildsOf, safeRebuild, type Rebuild } from '../../recipes/rebuilds.ts';
import { rowsAfter } from '../../recipes/rows-after.ts';
import { identifier, identifiers } from 'd1-core/sql';
import { sqlBlock } from '../../recipes/sql-block.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

export default defineRule({
  id: 'data/rebuild-without-copy',
  severity: 'error',
  kind: 'data',
  summary: 'An existing table is dropped and created again, without its rows.',
  why: `"DROP TABLE IF EXISTS users; CREATE TABLE users …" suits a seed script. In a migration it empties the table of
every database that it reaches, and D1 cannot bring back a single table.`,
  bad: [
    {
      ...setUp,
      '0003_bio.sql': `DROP TABLE IF EXISTS users;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);`,
    },
  ],
  good: [
    {
      ...setUp,
      '0003_bio.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bio TEXT);
INSERT INTO new_users (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      if (rowsAfter(rebuild, context).are !== 'gone') continue;
      const { name } = rebuild.table;
      const copy = copyStatement(rebuild);
      const steps = copy === undefined ? undefined : safeRebuild(rebuild, context, { copy });
      context.report({
        at: rebuild.dropped,
        message: `${name} is dropped and created again, and nothing copies its rows: all are deleted.${generatedBy(rebuild, context)}`,
        help:
          steps === undefined
            ? `Copy the rows of ${name} into the new table before the old one is dropped.`
            : `Fill the new table before the old one is dropped. In place of these statements write:\n${sqlBlock(steps)}`,
      });
    }
  },
});

/** From the columns that both have; undefined where there are none. */
function copyStatement({ table, result }: Rebuild): ((newName: string) => string) | undefined {
  const columns = writableColumns(table).filter(
    (column) => result !== undefined && columnOf(result, column)?.generated === 'no',
  );
  const list = identifiers(columns);
  return columns.length === 0
    ? undefined
    : (newName) =>
        `INSERT INTO ${identifier(newName)} (${list}) SELECT ${list} FROM ${identifier(table.name)}`;
}
