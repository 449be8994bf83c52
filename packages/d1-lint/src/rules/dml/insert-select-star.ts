import { defineRule } from '../../engine/rule.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';
import { starCopy } from '../../recipes/star-copy.ts';
import { withReplacements } from '../../recipes/statement-parts.ts';

const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);';
const people = 'CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, email TEXT);';

export default defineRule({
  id: 'dml/insert-select-star',
  severity: 'warning',
  kind: 'policy',
  summary: 'INSERT … SELECT * between two tables that have the same columns.',
  why: `D1 accepts it, and today it writes every value where it belongs. It is right only as long as both tables have the same
columns in the same order, in every environment: a column that one of them has got by hand makes it fail, or writes values into
others. --fix names the columns in the last migration of the folder alone: the others may be applied, and then they never run again.`,
  bad: [{ '0001_users.sql': users, '0002_copy.sql': `${people}\nINSERT INTO people SELECT * FROM users;` }],
  good: [
    {
      '0001_users.sql': users,
      '0002_copy.sql': `${people}\nINSERT INTO people (id, name, email) SELECT id, name, email FROM users;`,
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      const copy = starCopy(statement);
      if (copy === undefined || copy.mismatches.length > 0) continue;
      const { source, star, byName } = copy;
      context.report({
        at: star ?? statement,
        message: `The star copies ${source.name} by position. That is right only as long as both tables have the same columns in the same order.`,
        help:
          byName === undefined
            ? 'Name the columns in both lists, in the same order.'
            : `Name the columns in both lists:\n${withReplacements(statement, byName.edits)};`,
        fix: byName && { ...byName, safe: byName.safe && isNewestFile(context) },
      });
    }
  },
});
