import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { quoteIdentifier } from 'd1-core/sql';

/** What a table holds. */
export interface TableContent {
  readonly rows: number;
  /** Of all values of all rows, in the order of their keys. */
  readonly digest: string;
}

/** The content of every table but those of the tools and of SQLite, by name. Never more than a row is in memory. */
export async function readContent(
  database: DatabaseSync,
  isHidden: (table: string) => boolean,
  onTable: (fraction: number) => void,
): Promise<ReadonlyMap<string, TableContent>> {
  const tables = listTables(database, isHidden);
  const contents = new Map<string, TableContent>();
  for (const [index, table] of tables.entries()) {
    contents.set(table, readTable(database, table));
    onTable((index + 1) / tables.length);
    await nextTurn(); // A signal must get through.
  }
  return contents;
}

/** Ordinary and virtual tables; what a virtual one is kept in is left out. */
export const listTables = (database: DatabaseSync, isHidden: (table: string) => boolean): readonly string[] =>
  database
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') ORDER BY name",
    )
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !isHidden(name));

export function countRows(database: DatabaseSync, table: string): number {
  const row = database.prepare(`SELECT count(*) AS n FROM ${quoteIdentifier(table)}`).get();
  return Number(row?.['n']);
}

function readTable(database: DatabaseSync, table: string): TableContent {
  const columns = database.prepare('SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0').all(table);
  const names = columns.map(({ name }) => quoteIdentifier(String(name)));
  const values = names.map((name) => `quote(${name})`).join(` || ',' || `);
  const rows = database
    .prepare(
      `SELECT ${values} AS v FROM ${quoteIdentifier(table)} ORDER BY ${orderOf(database, table, columns)}`,
    )
    .iterate();
  const hash = createHash('sha256');
  let count = 0;
  for (const row of rows) {
    hash.update(`${String(row['v'])}\n`);
    count += 1;
  }
  return { rows: count, digest: hash.digest('hex') };
}

/** The order in which the rows are stored, so that nothing is sorted. */
function orderOf(
  database: DatabaseSync,
  table: string,
  columns: readonly Readonly<Record<string, SQLOutputValue>>[],
): string {
  const list = database.prepare("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'").get(table);
  if (list?.['wr'] !== 1) {
    const taken = new Set(columns.map(({ name }) => String(name).toLowerCase()));
    return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? '1';
  }
  return columns
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map(({ name }) => quoteIdentifier(String(name)))
    .join(', ');
}

/** A row whose foreign key leads nowhere. */
export interface Violation {
  readonly table: string;
  readonly rowid: number | null;
  readonly parent: string;
}

export const foreignKeyViolations = (database: DatabaseSync): readonly Violation[] =>
  database
    .prepare('PRAGMA foreign_key_check')
    .all()
    .map((row) => ({
      table: String(row['table']),
      rowid: typeof row['rowid'] === 'number' ? row['rowid'] : null,
      parent: String(row['parent']),
    }));
