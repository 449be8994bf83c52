import { defineRule } from '../../engine/rule.ts';

const setUp = {
  '0001_tokens.sql':
    'CREATE TABLE tokens (id INTEGER PRIMARY KEY, name TEXT NOT NULL, expired INTEGER NOT NULL DEFAULT 0);',
  '0002_seed.sql': "INSERT INTO tokens (id, name) VALUES (1, 'first');",
};

export default defineRule({
  id: 'data/delete-without-where',
  severity: 'error',
  kind: 'data',
  summary: 'DELETE without WHERE empties an existing table.',
  why: `A DELETE without WHERE is more often a forgotten condition than a wish. It also fires ON DELETE CASCADE for every
row, and each row counts as written on the bill. A table that the file itself has created is not meant.`,
  bad: [{ ...setUp, '0003_clean.sql': 'DELETE FROM tokens;' }],
  good: [{ ...setUp, '0003_clean.sql': 'DELETE FROM tokens WHERE expired = 1;' }],
  check({ statements, before, report }) {
    for (const { tree, text } of statements) {
      for (const statement of tree?.all('DeleteStmt') ?? []) {
        const name = statement.child('table')?.name('table_name');
        const bounded = statement.child('where_clause') ?? statement.child('limit_clause');
        if (name === undefined || bounded !== undefined) continue;
        const table = before.table(name.text);
        // In a trigger the table may be one that the file creates; it fires later, when it has rows.
        if (table === undefined && tree?.is('CreateTriggerStmt') !== true) continue;
        // What a virtual table holds is mostly derived from another table, and is filled again.
        if (table !== undefined && table.storage !== 'ordinary') continue;
        const shown = table?.name ?? name.text;
        report({
          at: name,
          message: `This deletes every row of ${shown}.`,
          help: `Add the condition that is missing. Where all rows are meant, say it:\n${tree?.is('DeleteStmt') === true ? text : `DELETE FROM ${shown}`} WHERE true;`,
        });
      }
    }
  },
});
