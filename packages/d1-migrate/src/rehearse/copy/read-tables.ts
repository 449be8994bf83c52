import type { DatabaseSync } from 'node:sqlite';
import type { D1, Row } from 'd1-core/database';
import { quoteIdentifier } from 'd1-core/sql';
import { retryRead } from 'd1-core/run';
import { buildDatabase } from 'd1-core/load';

/** Rows of one call. Each call is one process, and its answer is in memory. */
const PAGE = 2000;

/** Neither Cloudflare's tables nor SQLite's. */
const own = (name: string) =>
  String.raw`${name} NOT LIKE '\_cf\_%' ESCAPE '\' AND ${name} NOT LIKE 'sqlite\_%' ESCAPE '\'`;

const CATALOG = [
  `SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND ${own('name')} ORDER BY rowid`,
  `SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND ${own('name')}`,
  `SELECT m.name AS owner, c.name AS name, c.pk AS pk FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c WHERE m.type = 'table' AND c.hidden = 0 AND ${own('m.name')} ORDER BY m.name, c.cid`,
];

/**
 * Copies a database by reading its tables page by page: slower than an export, but it takes virtual tables too. Rows
 * that are written meanwhile may be missed; texts lose what stands behind a NUL.
 */
export async function readTables(d1: D1, file: string, onRows: (rows: number) => void): Promise<void> {
  const [objects = [], list = [], columns = []] = await retryRead(() => d1.batch(CATALOG));
  const kinds = new Map(list.map((row) => [String(row['name']), row]));
  const isShadow = (row: Row) => kinds.get(String(row['name']))?.['type'] === 'shadow';
  const made = objects.filter((row) => row['type'] !== 'table' || !isShadow(row));
  await buildDatabase(file, async (database) => {
    const create = (...types: readonly string[]) => {
      for (const row of made) if (types.includes(String(row['type']))) database.exec(String(row['sql']));
    };
    create('table');
    for (const { name, type } of made) {
      if (type !== 'table') continue;
      const table = {
        name: String(name),
        withoutRowid: kinds.get(String(name))?.['wr'] === 1,
        columns: columns.filter(({ owner }) => owner === name),
      };
      await copyRows(d1, database, table, onRows);
    }
    create('index', 'view', 'trigger');
  });
}

interface ReadTable {
  readonly name: string;
  readonly withoutRowid: boolean;
  readonly columns: readonly Row[];
}

async function copyRows(
  d1: D1,
  database: DatabaseSync,
  { name, withoutRowid, columns }: ReadTable,
  onRows: (rows: number) => void,
): Promise<void> {
  const names = columns.map((column) => String(column['name']));
  const keys = withoutRowid ? primaryKey(columns) : [freeRowid(names)];
  const selected = withoutRowid ? names.map(quoteIdentifier) : [...keys, ...names.map(quoteIdentifier)];
  const target = `INSERT INTO ${quoteIdentifier(name)} (${selected.join(', ')}) VALUES `;
  const values = selected.map((column) => `quote(${column})`).join(` || ',' || `);
  const cursor = keys.map((column, index) => `quote(${column}) AS k${index}`).join(', ');
  let after = '';
  for (;;) {
    const page = `SELECT ${values} AS v, ${cursor} FROM ${quoteIdentifier(name)}${after} ORDER BY ${keys.join(', ')} LIMIT ${PAGE}`;
    const [rows = []] = await retryRead(() => d1.batch([page]));
    for (const row of rows) database.exec(`${target}(${String(row['v'])})`);
    onRows(rows.length);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    const place = keys.map((_, index) => String(last[`k${index}`])).join(', ');
    after = ` WHERE (${keys.join(', ')}) > (${place})`;
  }
}

const primaryKey = (columns: readonly Row[]): readonly string[] =>
  columns
    .filter((column) => Number(column['pk']) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((column) => quoteIdentifier(String(column['name'])));

/** A column may bear one of the three names of the rowid. */
function freeRowid(columns: readonly string[]): string {
  const taken = new Set(columns.map((column) => column.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((candidate) => !taken.has(candidate)) ?? 'rowid';
}
