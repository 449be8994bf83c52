import { defineRule } from '../../engine/rule.ts';
import { addedColumns, defaultText } from '../../recipes/added-column.ts';
import { isConstant } from '../../recipes/constant.ts';
import { identifier } from 'd1-core/sql';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

export default defineRule({
  id: 'safety/add-non-constant-default',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN with a computed default fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "Cannot add a column
with non-constant default". SQLite does not write the rows when it adds a column, so their default has to be a literal.
CURRENT_TIMESTAMP and everything that is computed, (1 + 1) too, is none. In CREATE TABLE such defaults are fine.`,
  bad: [
    {
      ...setUp,
      '0003_created.sql': 'ALTER TABLE users ADD COLUMN created_at TEXT DEFAULT CURRENT_TIMESTAMP;',
    },
    {
      ...setUp,
      '0003_created.sql': "ALTER TABLE users ADD COLUMN created_at TEXT NOT NULL DEFAULT (datetime('now'));",
    },
    { ...setUp, '0003_size.sql': 'ALTER TABLE users ADD COLUMN size INTEGER DEFAULT (1024 * 1024);' },
  ],
  good: [
    {
      ...setUp,
      '0003_created.sql': `ALTER TABLE users ADD COLUMN created_at TEXT;
UPDATE users SET created_at = datetime('now') WHERE created_at IS NULL;`,
    },
    { ...setUp, '0003_size.sql': 'ALTER TABLE users ADD COLUMN size INTEGER DEFAULT (-1);' },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { existing, statement, name, type, defaultExpression } = column;
      if (existing === undefined || defaultExpression === undefined || isConstant(defaultExpression))
        continue;
      const [table, own] = [identifier(existing.name), identifier(name.text)];
      const value = defaultText(column);
      context.report({
        at: wordAfter(statement, 'DEFAULT', name.end) ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: the default of ${name.text}, ${value}, is computed.`,
        help: `Add the column without it, and fill it:\nALTER TABLE ${table} ADD COLUMN ${own}${type === '' ? '' : ` ${type}`};\nUPDATE ${table} SET ${own} = ${value} WHERE ${own} IS NULL;\nNew rows get it from the Worker that inserts them; as a default it needs a rebuild of the table.`,
      });
    }
  },
});
