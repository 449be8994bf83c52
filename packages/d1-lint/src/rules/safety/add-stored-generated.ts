import { defineRule } from '../../engine/rule.ts';
import { addedColumns } from '../../recipes/added-column.ts';
import { withReplacements, wordAfter } from '../../recipes/statement-parts.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_seed.sql': "INSERT INTO users (id, name) VALUES (1, 'Ada');",
};

export default defineRule({
  id: 'safety/add-stored-generated',
  severity: 'error',
  kind: 'engine',
  summary: 'ADD COLUMN with a STORED generated column fails as soon as the table has rows.',
  why: `On an empty table it succeeds, so it passes on every fresh database and fails in production: "cannot add a STORED
column". SQLite does not write the rows when it adds a column. A VIRTUAL column is computed when it is read, can be
indexed, and can be added at any time.`,
  bad: [
    {
      ...setUp,
      '0003_lower.sql': 'ALTER TABLE users ADD COLUMN name_lower TEXT AS (lower(name)) STORED;',
    },
  ],
  good: [
    {
      ...setUp,
      '0003_lower.sql': 'ALTER TABLE users ADD COLUMN name_lower TEXT AS (lower(name)) VIRTUAL;',
    },
  ],
  check(context) {
    for (const { existing, statement, name, generated } of addedColumns(context)) {
      if (existing === undefined || generated !== 'stored') continue;
      const word = wordAfter(statement, 'STORED', name.end);
      const edits = word === undefined ? [] : [{ start: word.start, end: word.end, text: 'VIRTUAL' }];
      context.report({
        at: word ?? name,
        message: `As soon as ${existing.name} has rows, D1 refuses this: ${name.text} is STORED, and SQLite does not write those rows.`,
        help: `Make it VIRTUAL; an index on it stores the values too:\n${withReplacements(statement, edits)};`,
        fix: word === undefined ? undefined : { title: 'Make it VIRTUAL', edits, safe: false },
      });
    }
  },
});
