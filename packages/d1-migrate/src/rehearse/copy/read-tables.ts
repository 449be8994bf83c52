import type { DatabaseSync } from 'node:sqlite';
import type { D1, Row } from 'd1-core/database';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import { retryRead } from 'd1-core/run';
import { buildDatabase } from 'd1-core/load';

/** Rows of one call, and the characters beyond which no further row is added to an answer: it is in memory. */
const PAGE = { rows: 2000, characters: 4_000_000 };

/** Columns of one expression: D1 takes no expression that is more than 100 deep, and each column makes it two deeper. */
const COLUMNS = 40;

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
 * that are written meanwhile may be missed; texts lose what stands after a NUL.
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
    for (const row of made) {
      const { name, type } = row;
      if (type !== 'table' || isOfAnother(row)) continue;
      const table = {
        name: String(name),
        withoutRowid: kinds.get(String(name))?.['wr'] === 1,
        columns: columns.filter(({ owner }) => owner === name),
      };
      await copyRows(d1, database, table, onRows);
    }
    create('index', 'view', 'trigger');
    for (const { name } of made.filter(isOfAnother)) rebuild(database, String(name));
  });
}

/** A search that indexes the text of another table or view, which may be gone. */
const isOfAnother = ({ sql }: Row): boolean =>
  /^create\s+virtual\b/i.test(String(sql)) && /\bcontent\s*=\s*(?!''|"")/i.test(String(sql));

function rebuild(database: DatabaseSync, name: string): void {
  const table = quoteIdentifier(name);
  try {
    database.exec(`INSERT INTO ${table} (${table}) VALUES ('rebuild')`);
  } catch {
    // Its text is gone: it answers nothing there either.
  }
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
  const parts = partsOf(selected);
  let after = '';
  for (;;) {
    const [rows = []] = await retryRead(() => d1.batch([pageQuery(name, keys, parts, after)]));
    for (const row of rows) {
      database.exec(`${target}(${parts.map((_, index) => String(row[`v${index}`])).join(', ')})`);
    }
    onRows(rows.length);
    const last = rows.at(-1);
    if (last === undefined || (rows.length < PAGE.rows && rows.length === last['found'])) return;
    const place = keys.map((_, index) => String(last[`k${index}`])).join(', ');
    after = ` WHERE (${keys.join(', ')}) > (${place})`;
  }
}

/** The columns in groups, each of which becomes one text of values. */
const partsOf = (columns: readonly string[]): readonly (readonly string[])[] =>
  columns.length <= COLUMNS ? [columns] : [columns.slice(0, COLUMNS), ...partsOf(columns.slice(COLUMNS))];

/** As many rows as an answer should have; `found` says how many there would be without the limit on characters. */
function pageQuery(
  table: string,
  keys: readonly string[],
  parts: readonly (readonly string[])[],
  after: string,
): string {
  const texts = parts.map((part) => part.map((column) => `quote(${column})`).join(` || ',' || `));
  const named = [
    ...texts.map((text, index) => `${text} AS v${index}`),
    ...keys.flatMap((key, index) => [`quote(${key}) AS k${index}`, `${key} AS o${index}`]),
  ];
  const order = keys.map((_, index) => `o${index}`).join(', ');
  const length = texts.map((_, index) => `length(v${index})`).join(' + ');
  const shown = [...texts.map((_, index) => `v${index}`), ...keys.map((_, index) => `k${index}`)].join(', ');
  return `SELECT ${shown}, found FROM (
    SELECT *, count(*) OVER () AS found, sum(${length}) OVER (ORDER BY ${order} ROWS UNBOUNDED PRECEDING) - (${length}) AS before
    FROM (SELECT ${named.join(', ')} FROM ${quoteIdentifier(table)}${after} ORDER BY ${keys.join(', ')} LIMIT ${PAGE.rows})
  ) WHERE before < ${PAGE.characters} ORDER BY ${order}`;
}

const primaryKey = (columns: readonly Row[]): readonly string[] =>
  columns
    .filter((column) => Number(column['pk']) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map((column) => quoteIdentifier(String(column['name'])));

/** A column may bear one of the three names of the rowid. */
function freeRowid(columns: readonly string[]): string {
  const taken = new Set(columns.map(foldName));
  return ['rowid', '_rowid_', 'oid'].find((candidate) => !taken.has(candidate)) ?? 'rowid';
}
