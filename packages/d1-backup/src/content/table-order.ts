import { foldName } from 'd1-core/sql';
import type { Table } from './catalog.ts';

/**
 * Tables so that each stands behind those that its foreign keys point to. Tables of a cycle come in the order in
 * which they are found.
 */
export function inForeignKeyOrder(tables: readonly Table[]): readonly Table[] {
  const byName = new Map(tables.map((table) => [foldName(table.name), table]));
  const seen = new Set<Table>();
  const ordered: Table[] = [];
  const visit = (table: Table): void => {
    if (seen.has(table)) return;
    seen.add(table);
    for (const parent of table.parents) {
      const found = byName.get(foldName(parent));
      if (found !== undefined) visit(found);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
