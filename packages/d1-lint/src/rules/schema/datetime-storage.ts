import { defineRule } from '../../engine/rule.ts';
import { affinityOf } from 'd1-core/schema';
import { declaredColumns } from '../../recipes/declared-tables.ts';
import { generatorOfFile } from '../../recipes/generator.ts';
import { identifier } from 'd1-core/sql';

export default defineRule({
  id: 'schema/datetime-storage',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A date type that SQLite does not know.',
  why: `D1 accepts DATETIME, TIMESTAMP, DATE and TIME, and SQLite takes each for a column of numbers. So the same column holds
texts in several forms and numbers as well, and they sort apart: a number is less than any text. CURRENT_TIMESTAMP gives a text
in UTC without a Z, which JavaScript reads as local time. Choose one form for the whole database, and name it by its type.`,
  bad: ['CREATE TABLE posts (id INTEGER PRIMARY KEY, created_at DATETIME NOT NULL);'],
  good: [
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, created_at INTEGER NOT NULL DEFAULT (unixepoch()));',
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL DEFAULT (datetime('now')));",
  ],
  check(context) {
    for (const { type, name, label } of declaredColumns(context)) {
      if (type === undefined || !/^(date|time|datetime|timestamp)\b/i.test(type.text)) continue;
      if (affinityOf(type.text) !== 'NUMERIC') continue;
      const own = identifier(name.text);
      context.report({
        at: type,
        message: `SQLite takes ${type.text} of ${label}.${name.text} for NUMERIC: nothing says whether it holds texts or numbers.${
          generatorOfFile(context) === 'Prisma' ? ' Prisma generates this for DateTime.' : ''
        }`,
        help: `Write one of these, the same in all tables:\n${own} INTEGER NOT NULL DEFAULT (unixepoch())\n${own} TEXT NOT NULL DEFAULT (datetime('now'))`,
      });
    }
  },
});
