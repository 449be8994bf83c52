import { defineRule } from '../../engine/rule.ts';
import { starCopy } from '../../recipes/star-copy.ts';
import { withReplacements } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);',
  '0002_seed.sql': "INSERT INTO users (id, name, email) VALUES (1, 'Ada', 'ada@example.com');",
};

export default defineRule({
  id: 'data/copy-select-star',
  severity: 'error',
  kind: 'data',
  summary: 'INSERT … SELECT * writes values into columns of other names.',
  why: `A star writes the first column into the first, the second into the second, whatever they are called. When the new
table has its columns in another order, the values end up in the wrong ones, and SQLite hardly ever complains.`,
  bad: [
    {
      ...setUp,
      '0003_order.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO new_users SELECT * FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  good: [
    {
      ...setUp,
      '0003_order.sql': `CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO new_users (id, email, name) SELECT id, email, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
    },
  ],
  check({ statements, report }) {
    for (const statement of statements) {
      const copy = starCopy(statement);
      if (copy === undefined || copy.mismatches.length === 0) continue;
      const { source, star, mismatches, byName } = copy;
      const wrong = mismatches.map(({ from, to }) => `${from} into ${to}`).join(', ');
      report({
        at: star ?? statement,
        message: `The star copies ${source.name} by position: it writes ${wrong}.`,
        help:
          byName === undefined
            ? 'Name the columns in both lists, in the same order.'
            : `Name the columns in both lists:\n${withReplacements(statement, byName.edits)};`,
        fix: byName && { ...byName, safe: false },
      });
    }
  },
});
