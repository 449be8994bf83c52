import type { Fix } from '../../engine/finding.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';
import { addedColumns, type AddedColumn } from '../../recipes/added-column.ts';
import { createIndex } from '../../recipes/new-index.ts';
import { insertAfter } from '../../recipes/insert-after.ts';
import { wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
};

export default defineRule({
  id: 'safety/add-unique-or-pk-column',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN cannot add a UNIQUE or PRIMARY KEY column.',
  why: `SQLite refuses it on every table, the empty one too: "Cannot add a UNIQUE column". A unique index does the same, and
can be created at any time. Another primary key needs a rebuild of the table.`,
  bad: [
    { ...setUp, '0002_slug.sql': 'ALTER TABLE users ADD COLUMN slug TEXT UNIQUE;' },
    { ...setUp, '0002_uid.sql': 'ALTER TABLE users ADD COLUMN uid TEXT PRIMARY KEY;' },
  ],
  good: [
    {
      ...setUp,
      '0002_slug.sql': `ALTER TABLE users ADD COLUMN slug TEXT;
CREATE UNIQUE INDEX users_slug ON users (slug);`,
    },
  ],
  check(context) {
    for (const column of addedColumns(context)) {
      const { statement, tableName, name, primaryKey, unique } = column;
      if (!primaryKey && !unique) continue;
      if (primaryKey) {
        context.report({
          at: wordAfter(statement, 'PRIMARY', name.end) ?? name,
          message: `SQLite cannot add ${name.text} to ${tableName.text} as its PRIMARY KEY.`,
          help: `Add ${name.text} as an ordinary column with a unique index, or rebuild ${tableName.text}.`,
        });
        continue;
      }
      const index = createIndex(statement.before, tableName.text, [name.text], { unique: true });
      const word = wordAfter(statement, 'UNIQUE', name.end);
      context.report({
        at: word ?? name,
        message: `SQLite cannot add ${name.text} to ${tableName.text} as UNIQUE.`,
        help: `Leave UNIQUE out, and create a unique index after it:\n${index};`,
        fix: word === undefined ? undefined : withIndex(column, word, index, context),
      });
    }
  },
});

/** Safe where the new column is NULL in every row: NULLs are no duplicates. */
function withIndex(
  { statement, defaultExpression, notNull, generated }: AddedColumn,
  { start, end }: { readonly start: number; readonly end: number },
  index: string,
  context: RuleContext,
): Fix | undefined {
  const before = statement.tokens.findLast((token) => token.end <= start);
  // `CONSTRAINT name UNIQUE` and `UNIQUE ON CONFLICT …` are rare, and better written by hand.
  const next = statement.tokens.find((token) => token.start >= end);
  const isNamed = statement.tokens.some((token) => token.text.toUpperCase() === 'CONSTRAINT');
  if (before === undefined || isNamed || next?.text.toUpperCase() === 'ON') return undefined;
  return {
    title: 'Create a unique index instead',
    edits: [{ start: before.end, end, text: '' }, insertAfter(statement, context, index)],
    safe: defaultExpression === undefined && !notNull && generated === 'no',
  };
}
