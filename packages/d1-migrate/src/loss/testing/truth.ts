import type { DatabaseSync } from 'node:sqlite';
import type { Book } from './random-migrations.ts';

type Value = string | number | bigint | null | Uint8Array;
type Rows = ReadonlyMap<Value, Readonly<Record<string, Value>>>;

function readRows(database: DatabaseSync, table: string): Rows {
  const rows: Readonly<Record<string, Value>>[] = database.prepare(`SELECT * FROM ${table}`).all();
  return new Map(rows.map((row) => [row['id'] ?? null, row]));
}

/** The truth, row by row and value by value: `table rows` and `table.column` with how many are lost. */
export function lossesOf(
  before: DatabaseSync,
  after: DatabaseSync,
  { tables, columns, intended }: Book,
  action: string,
) {
  const lost: string[] = [];
  for (const [table, now] of tables) {
    const old = readRows(before, table);
    const rows: Rows = now === undefined ? new Map() : readRows(after, now);
    const gone = [...old.keys()].filter((id) => !rows.has(id)).length;
    if (gone > 0) lost.push(`${gone} rows ${table}`);
    if (rows.size === 0) continue;
    for (const column of Object.keys([...old.values()][0] ?? {})) {
      if (column === 'id' || intended.has(`${table}.${column}`)) continue;
      const later = columns.has(`${table}.${column}`) ? columns.get(`${table}.${column}`) : column;
      const follows = table === 'c' && column === 'parent' && action.includes('ON UPDATE CASCADE');
      let count = 0;
      for (const [id, row] of old) {
        const found = rows.get(id);
        const was = row[column] ?? null;
        if (found === undefined || was === null) continue;
        const is = later === undefined ? null : (found[later] ?? null);
        if (is === null || (String(is) !== String(was) && !follows)) count += 1;
      }
      if (count > 0) lost.push(`${count} values ${table}.${column}`);
    }
  }
  return lost.sort();
}
