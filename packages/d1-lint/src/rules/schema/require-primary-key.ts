import { columnOf, type Schema, type Table } from 'd1-core/schema';
import { defineRule } from '../../engine/rule.ts';
import { declaredTables } from '../../recipes/declared-tables.ts';

export default defineRule({
  id: 'schema/require-primary-key',
  severity: 'warning',
  kind: 'policy',
  summary: 'A table without a primary key.',
  why: `D1 accepts it. But nothing tells two equal rows apart: none can be updated or deleted alone, nothing can reference them,
INSERT … ON CONFLICT has no conflict to meet, and what reads a large table page by page has nothing to page by. A UNIQUE index
of columns that are NOT NULL is as good as a primary key; virtual tables are not meant.`,
  bad: ['CREATE TABLE visits (page TEXT NOT NULL, seen_at INTEGER NOT NULL);'],
  good: [
    'CREATE TABLE visits (id INTEGER PRIMARY KEY, page TEXT NOT NULL, seen_at INTEGER NOT NULL);',
    `CREATE TABLE follows (follower INTEGER NOT NULL, followed INTEGER NOT NULL);
CREATE UNIQUE INDEX follows_pair ON follows (follower, followed);`,
  ],
  check(context) {
    for (const { tree, name, label } of declaredTables(context)) {
      const table = context.after.table(label);
      // What CREATE TABLE … AS leaves out is a rule of its own.
      if (table === undefined || tree.asSelect !== undefined) continue;
      if (table.columns.some(({ primaryKey }) => primaryKey > 0) || hasKey(table, context.after)) continue;
      const id = columnOf(table, 'id') === undefined ? 'id INTEGER PRIMARY KEY' : undefined;
      context.report({
        at: name,
        message: `${label} has no primary key, so its rows cannot be told apart.`,
        help:
          id === undefined
            ? 'Make its column id the primary key, or the columns that are unique together:\nPRIMARY KEY (…)'
            : `Add a column, or name the columns that are unique together:\n${id}\nPRIMARY KEY (…)`,
      });
    }
  },
});

const hasKey = (table: Table, schema: Schema): boolean =>
  schema
    .indexesOf(table.name)
    .some(
      ({ unique, partial, columns }) =>
        unique &&
        !partial &&
        columns.every((name) => name !== undefined && columnOf(table, name)?.notNull === true),
    );
