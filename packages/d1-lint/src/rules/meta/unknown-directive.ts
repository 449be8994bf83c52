import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL);';

export default defineRule({
  id: 'meta/unknown-directive',
  severity: 'error',
  kind: 'policy',
  summary: 'A comment is meant to switch a rule off, in a form or at a place where it does not.',
  why: `It does nothing, and looks as if it did. There are two forms: for the next statement, and for the file. The
first stands before its statement: inside of one it is not clear which is meant.`,
  bad: [
    `-- d1-lint-disable-line data/drop-table: exported on Monday\nCREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);`,
    `CREATE TABLE posts (
  id INTEGER PRIMARY KEY, -- d1-lint-disable-next-statement schema/no-autoincrement: old links must stay dead
  title TEXT NOT NULL
);`,
  ],
  good: [`-- d1-lint-disable-next-statement schema/no-autoincrement: old links must stay dead\n${table}`],
  check({ unknownDirectives, report }) {
    for (const directive of unknownDirectives) {
      if (directive.isInside) {
        report({
          at: directive,
          message: 'This comment switches nothing off: it stands inside of a statement.',
          help: 'Write it on a line of its own before the statement that it means.',
        });
        continue;
      }
      report({
        at: directive,
        message: 'This comment switches nothing off: it has none of the forms that d1-lint knows.',
        help: `Write one of:
-- d1-lint-disable-next-statement data/drop-table: the reason
-- d1-lint-disable-file data/drop-table: the reason`,
      });
    }
  },
});
