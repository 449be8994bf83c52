import type { Schema } from 'd1-core/schema';
import { foldName, sameName } from 'd1-core/sql';
import { defineRule } from '../../engine/rule.ts';
import { declaredKeys } from '../../recipes/declared-keys.ts';

export default defineRule({
  id: 'fk/self-or-cycle',
  severity: 'info',
  kind: 'policy',
  preset: 'strict',
  summary: 'Foreign keys that lead back to the table they start from.',
  why: `D1 accepts it. But no order of the rows satisfies every key at once: seeds, imports and rebuilds need
PRAGMA defer_foreign_keys = ON, or two steps. With ON DELETE CASCADE one DELETE may run through the whole cycle.`,
  bad: [
    `CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id)
);
CREATE INDEX categories_parent_id ON categories (parent_id);`,
  ],
  good: [
    `CREATE TABLE categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE category_parents (
  category_id INTEGER PRIMARY KEY REFERENCES categories (id),
  parent_id INTEGER NOT NULL REFERENCES categories (id)
);
CREATE INDEX category_parents_parent_id ON category_parents (parent_id);`,
  ],
  check(context) {
    for (const { statement, tableName, parent } of declaredKeys(context)) {
      const path = pathBetween(parent.text, tableName, statement.after);
      if (path === undefined) continue;
      context.report({
        at: parent,
        message:
          path.length === 1
            ? `${tableName} references itself, so its rows cannot be written in just any order.`
            : `The foreign keys ${[tableName, ...path].join(' → ')} form a cycle, so none of the tables can be filled first.`,
        help: 'Where this is meant, begin files that write such rows with:\nPRAGMA defer_foreign_keys = ON;',
      });
    }
  },
});

/** The tables from one to another along foreign keys, both included; each is looked at once. */
function pathBetween(from: string, to: string, schema: Schema): readonly string[] | undefined {
  const seen = new Set([foldName(from)]);
  const open: (readonly string[])[] = [[from]];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    const table = path.at(-1) ?? '';
    if (sameName(table, to)) return path;
    for (const { parent } of schema.table(table)?.foreignKeys ?? []) {
      if (seen.has(foldName(parent))) continue;
      seen.add(foldName(parent));
      open.push([...path, parent]);
    }
  }
  return undefined;
}
