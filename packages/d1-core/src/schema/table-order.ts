import { foldName } from '../sql/index.ts';
import type { Schema, Table } from './model.ts';

/**
 * Tables so that each stands behind those that its foreign keys point to. Tables of a circle come in the order in which
 * they are found.
 */
export function parentsFirst(schema: Schema, tables: readonly Table[] = schema.tables()): readonly Table[] {
  const wanted = new Map(tables.map((table) => [foldName(table.name), table]));
  const ordered: Table[] = [];
  const seen = new Set<string>();
  const visit = (table: Table) => {
    if (seen.has(foldName(table.name))) return;
    seen.add(foldName(table.name));
    for (const { parent } of table.foreignKeys) {
      const found = schema.table(parent);
      if (found !== undefined) visit(found);
    }
    const own = wanted.get(foldName(table.name));
    if (own !== undefined) ordered.push(own);
  };
  for (const table of tables) visit(table);
  return ordered;
}
