import { defineRule } from '../../engine/rule.ts';
import { existingTable } from '../../recipes/existing-rows.ts';
import { unboundedDelete } from '../../recipes/unbounded-delete.ts';

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
  check(context) {
    for (const statement of context.statements) {
      const { tree, text } = statement;
      if (tree?.is('DeleteStmt') !== true) continue;
      const name = unboundedDelete(tree);
      const table = name === undefined ? undefined : existingTable(name.text, statement, context);
      // What a virtual table holds is mostly derived from another table, and is filled again.
      if (name === undefined || table?.storage !== 'ordinary') continue;
      context.report({
        at: name,
        message: `This deletes every row of ${name.text}.`,
        help: `Add the condition that is missing. Where all rows are meant, say it:\n${text} WHERE true;`,
      });
    }
  },
});
