import { defineRule } from '../../engine/rule.ts';

const table = 'CREATE TABLE posts (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL);';

export default defineRule({
  id: 'meta/unknown-directive',
  severity: 'error',
  kind: 'policy',
  summary: 'A comment is meant to switch a rule off, in a form that does not exist.',
  why: `It does nothing, and looks as if it did. There are two forms: for the next statement, and for the file.`,
  bad: [
    `-- d1-lint-disable-line data/drop-table: exported on Monday\nCREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);`,
  ],
  good: [`-- d1-lint-disable-next-statement schema/no-autoincrement: old links must stay dead\n${table}`],
  check({ unknownDirectives, report }) {
    for (const directive of unknownDirectives) {
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
