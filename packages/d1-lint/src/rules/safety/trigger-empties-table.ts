import { defineRule } from '../../engine/rule.ts';
import { identifier } from 'd1-core/sql';
import { unboundedDelete } from '../../recipes/unbounded-delete.ts';

const setUp = {
  '0001_notes.sql': `CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE note_words (note_id INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (note_id, word));`,
  '0002_seed.sql': "INSERT INTO note_words (note_id, word) VALUES (1, 'old');",
};
const files = (statement: string) => ({
  ...setUp,
  '0003_trigger.sql': `CREATE TRIGGER notes_new AFTER INSERT ON notes BEGIN\n  ${statement};\nEND;`,
  '0004_note.sql': `-- d1-migrate: expect-rows-lost note_words: they are rebuilt
INSERT INTO notes (id, body) VALUES (2, 'new');`,
});

export default defineRule({
  id: 'safety/trigger-empties-table',
  severity: 'warning',
  kind: 'data',
  summary: 'A DELETE without WHERE in a trigger empties a table, each time that the trigger fires.',
  why: `The migration itself deletes nothing. But a trigger fires for every row that is written, and a DELETE that has no WHERE
does not know which row that was: it takes all rows of the table. That is meant for what is rebuilt, such as a cache, and is
a forgotten condition where the rows belong to the one that was written.`,
  bad: [files('DELETE FROM note_words')],
  good: [files('DELETE FROM note_words WHERE note_id = new.id')],
  check({ statements, after, report }) {
    for (const { tree } of statements) {
      if (tree?.is('CreateTriggerStmt') !== true) continue;
      for (const statement of tree.all('DeleteStmt')) {
        const name = unboundedDelete(statement);
        const table = after.table(name?.text ?? '');
        // What a virtual table holds is mostly derived from another table, and is filled again.
        if (name === undefined || (table !== undefined && table.storage !== 'ordinary')) continue;
        report({
          at: name,
          message: `Each time that this trigger fires, it deletes every row of ${table?.name ?? name.text}.`,
          help: `Add the condition that is missing. Where all rows are meant, say it:\nDELETE FROM ${identifier(table?.name ?? name.text)} WHERE true;`,
        });
      }
    }
  },
});
