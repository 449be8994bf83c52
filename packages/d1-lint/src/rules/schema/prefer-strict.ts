import { defineRule } from '../../engine/rule.ts';
import { declaredTables } from '../../recipes/declared-tables.ts';

export default defineRule({
  id: 'schema/prefer-strict',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'A table that is not STRICT.',
  why: `Without STRICT, SQLite stores a text in an INTEGER column and a number in a BLOB, whatever the column says. In a STRICT
table a value of another type is an error at once, a mistyped name of a type too, and the primary key is NOT NULL. The types are
then INTEGER, REAL, TEXT, BLOB and ANY. To make an existing table STRICT takes a rebuild, which fails on rows that do not fit.`,
  bad: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);'],
  good: ['CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;'],
  check(context) {
    for (const { tree, table, name, label } of declaredTables(context)) {
      if (table.strict || tree.asSelect !== undefined) continue;
      context.report({
        at: name,
        message: `${label} is not STRICT: its columns take values of any type.`,
        help: 'Write STRICT after the list of columns, with the types INTEGER, REAL, TEXT, BLOB and ANY.',
      });
    }
  },
});
