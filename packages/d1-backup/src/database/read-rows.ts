import { fitsOnCommandLine, type D1, type Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { quoteIdentifier } from 'd1-core/sql';
import type { Table } from './table.ts';
import { keyLiteral, type Value } from './value.ts';

/** Rows of more bytes come without their longer values. */
const LONG_ROW = 8000;

/** Values of no more bytes come with their row in any case. */
const SHORT_VALUE = 64;

/** Absolute values of reals that SQLite prints and reads exactly with 17 digits, in the versions that D1 has used. */
const PRINTED_EXACTLY = 'BETWEEN 1e-15 AND 1e22';

/** Columns that D1 allows in a result, also in one of a subquery. */
const MOST_COLUMNS = 100;

/**
 * The queries for the rows after a key, to be asked together. Each gives some of the columns, in their order: the key,
 * `k`, and the values, `r`, both as a JSON array. In `r` a value that is too long stands as `T<bytes>` or `B<bytes>`,
 * and a real that must be read by itself as `X`.
 */
export function pageQueries(
  table: Table,
  after: readonly Value[] | undefined,
  limit: number,
): readonly string[] {
  const columns = dataColumns(table);
  // Beside the key and the size of the row.
  const most = Math.max(1, MOST_COLUMNS - table.key.length - 1);
  const parts = Array.from({ length: Math.ceil(columns.length / most) }, (_, index) =>
    columns.slice(index * most, (index + 1) * most),
  );
  return parts.map((part) => pageQuery(table, part, after, limit));
}

function pageQuery(
  table: Table,
  columns: readonly string[],
  after: readonly Value[] | undefined,
  limit: number,
): string {
  const selected = [
    ...table.key.map((expression, index) => `${expression} AS k${index}`),
    ...columns.map((column, index) => `${column} AS c${index}`),
  ];
  const order = table.key.join(', ');
  const where = after === undefined ? '' : ` WHERE (${order}) > (${after.map(keyLiteral).join(', ')})`;
  const rows = `SELECT ${selected.join(', ')} FROM ${quoteIdentifier(table.name)}${where} ORDER BY ${order} LIMIT ${limit}`;
  // A LIMIT inside and outside keeps SQLite from repeating the sum for every value.
  const sized = `SELECT *, ${sum(columns.map((_, index) => bytes(`c${index}`)))} AS size FROM (${rows}) LIMIT ${limit}`;
  const keys = table.key.map((_, index) => encoded(`k${index}`, whole));
  const values = columns.map((_, index) => encoded(`c${index}`, wholeIfShort));
  return `SELECT json_array(${keys.join(', ')}) AS k, json_array(${values.join(', ')}) AS r FROM (${sized}) LIMIT ${limit}`;
}

/** The query for a piece of a long value, from a byte that counts from 0: `x`, in hexadecimal. */
export const pieceQuery = (
  table: Table,
  key: readonly Value[],
  column: number,
  from: number,
  length: number,
): string =>
  valueQuery(table, key, `hex(substr(CAST(${dataColumns(table)[column]} AS BLOB), ${from + 1}, ${length}))`);

/** The query for one real, as a number: `x`. */
export const realQuery = (table: Table, key: readonly Value[], column: number): string =>
  valueQuery(table, key, dataColumns(table)[column] ?? 'NULL');

const valueQuery = ({ name, key: columns }: Table, key: readonly Value[], expression: string): string =>
  `SELECT ${expression} AS x FROM ${quoteIdentifier(name)} WHERE (${columns.join(', ')}) = (${key.map(keyLiteral).join(', ')})`;

/** What a row consists of, in the order of its values: the rowid first, when no column shows it. */
export const dataColumns = ({ columns, hiddenRowid }: Table): readonly string[] => [
  ...(hiddenRowid === undefined ? [] : [hiddenRowid]),
  ...columns.map(quoteIdentifier),
];

const bytes = (column: string): string => `ifnull(length(CAST(${column} AS BLOB)), 0)`;

/** A sum of pairs of pairs: D1 allows expressions 100 deep, and tables of 100 columns. */
function sum(terms: readonly string[]): string {
  if (terms.length <= 1) return terms[0] ?? '0';
  const half = Math.ceil(terms.length / 2);
  return `(${sum(terms.slice(0, half))} + ${sum(terms.slice(half))})`;
}

type Encode = (letter: string, column: string) => string;

const whole: Encode = (letter, column) => `'${letter}' || hex(CAST(${column} AS BLOB))`;

const wholeIfShort: Encode = (letter, column) =>
  `iif(size <= ${LONG_ROW} OR ${bytes(column)} <= ${SHORT_VALUE}, ${whole(letter, column)}, '${letter.toUpperCase()}' || ${bytes(column)})`;

function encoded(column: string, encode: Encode): string {
  const isExact = `${column} IN (0.0, 9e999, -9e999) OR abs(${column}) ${PRINTED_EXACTLY}`;
  return (
    `CASE typeof(${column}) WHEN 'integer' THEN 'i' || ${column}` +
    ` WHEN 'real' THEN iif(${isExact}, 'r' || printf('%!.17g', ${column}), 'X')` +
    ` WHEN 'text' THEN ${encode('t', column)} WHEN 'blob' THEN ${encode('b', column)} END`
  );
}

/** SQLite in D1 has refused texts of more than 2.2 MB, and hexadecimal doubles a value. */
const PIECE_BYTES = 500_000;

/** What one call may ask for. A remote call must fit on a command line, and its answer in memory. */
const CALL = { bytes: 2_000_000, queries: 200 };

/** A value that a row lacks. */
export interface Gap {
  readonly row: Value[];
  readonly column: number;
  /** The letter of its storage class. */
  readonly kind: string;
  /** The queries whose answers make it up. */
  readonly queries: readonly string[];
  readonly bytes: number;
}

/** The values of a row that its page left out. */
export function findGaps(table: Table, key: readonly Value[], row: Value[]): readonly Gap[] {
  return row.flatMap((value, column) => {
    if (value === 'X')
      return [{ row, column, kind: 'x', queries: [realQuery(table, key, column)], bytes: 0 }];
    if (value === null || !/^[TB]/.test(value)) return [];
    const bytes = Number(value.slice(1));
    const queries: string[] = [];
    for (let from = 0; from < bytes; from += PIECE_BYTES) {
      queries.push(pieceQuery(table, key, column, from, PIECE_BYTES));
    }
    return [{ row, column, kind: value.charAt(0).toLowerCase(), queries, bytes }];
  });
}

/** How much of one call the gaps take; from 1 on it is full. */
export function gapCost(gaps: readonly Gap[]): number {
  const bytes = gaps.reduce((total, gap) => total + gap.bytes, 0);
  const queries = gaps.reduce((total, gap) => total + gap.queries.length, 0);
  return Math.max(bytes / CALL.bytes, queries / CALL.queries);
}

/** Asks for the values and puts them into their rows. */
export async function fillGaps(d1: D1, table: Table, gaps: readonly Gap[]): Promise<void> {
  const queries = gaps.flatMap((gap) => gap.queries);
  const step = gapCost(gaps) > 1 ? CALL.bytes / PIECE_BYTES : CALL.queries;
  const answers: (readonly Row[])[] = [];
  for (let from = 0; from < queries.length; from += step) {
    answers.push(...(await d1.batch(queries.slice(from, from + step))));
  }
  let next = 0;
  for (const { row, column, kind, queries: own, bytes } of gaps) {
    const pieces = answers.slice(next, next + own.length).map(([answer]) => answer?.['x']);
    next += own.length;
    const content = pieces.join('');
    const isWhole = kind === 'x' ? typeof pieces[0] === 'number' : content.length === 2 * bytes;
    if (!isWhole) throw changed(table);
    row[column] = `${kind}${content}`;
  }
}

function changed({ name }: Table): D1Error {
  return new D1Error({
    code: 'changed-while-reading',
    message: `A row of "${name}" was changed or deleted while it was read.`,
    fix: 'Run the backup again when less is written to the database.',
  });
}

/** The values of one row; the rowid first, when no column shows it. */
export type DataRow = readonly Value[];

/** Rows that one query may give. */
const PAGE_ROWS = { least: 200, most: 4000 };

/**
 * Characters of an answer at which the number of rows is aimed. Each of them takes several times its size in memory; each call
 * to a remote database takes a second.
 */
const PAGE_SIZE = { local: 1_000_000, shadow: 1_000_000, remote: 4_000_000 };

/**
 * Reads all rows of a table in the order of its key, some at a time, exactly as they are. Throws D1Error
 * `unreadable-table`, or `changed-while-reading` when a row is gone between two queries. `first` is the first page, where
 * it has been read already.
 */
export async function* readRows(d1: D1, table: Table, first?: RowPage): AsyncGenerator<readonly DataRow[]> {
  if (table.key.length === 0)
    throw unreadable(table, 'columns have taken rowid, _rowid_ and oid, all names of its rowid');
  let after: readonly Value[] | undefined;
  let limit = PAGE_ROWS.least;
  let page = first ?? (await readPage(d1, table, after, limit));
  for (;;) {
    yield* completeRows(d1, table, page.rows);
    if (page.rows.length < limit) return;
    after = page.rows.at(-1)?.key;
    limit = Math.floor((PAGE_SIZE[d1.location] * page.rows.length) / page.size);
    limit = Math.min(PAGE_ROWS.most, Math.max(PAGE_ROWS.least, limit));
    page = await readPage(d1, table, after, limit);
  }
}

/** Some rows of a table, and the characters of the answer that they came in. */
export interface RowPage {
  readonly rows: readonly PageRow[];
  readonly size: number;
}

interface PageRow {
  readonly key: readonly Value[];
  readonly row: DataRow;
}

async function readPage(
  d1: D1,
  table: Table,
  after: readonly Value[] | undefined,
  limit: number,
): Promise<RowPage> {
  try {
    return pageOf(await d1.batch(pageQueries(table, after, limit)));
  } catch (error) {
    if (!isD1Error(error) || !error.code.startsWith('sql-')) throw error;
    throw unreadable(table, error.message, error);
  }
}

/** Of the answers to the queries of one page, each of which has some of the columns. */
function pageOf([rows = [], ...more]: readonly (readonly Row[])[]): RowPage {
  return {
    rows: rows.map((row, index) => ({
      key: parseValues(row['k']),
      row: [row, ...more.map((part) => part[index])].flatMap((part) => parseValues(part?.['r'])),
    })),
    size: [rows, ...more].flat().reduce((total, row) => total + String(row['r']).length, 1),
  };
}

/** Tables whose first pages are read in one call: a remote one takes a second. */
const TABLES_AHEAD = 8;

/** Tables in groups, with the first page of each where one call could read those of the whole group. */
export async function* readAhead(
  d1: D1,
  tables: readonly Table[],
): AsyncGenerator<{ readonly table: Table; readonly first: RowPage | undefined }> {
  for (const group of groupsOf(tables)) {
    const queries = group.map(firstQueries);
    const answers = await d1.batch(queries.flat()).catch(() => undefined);
    let next = 0;
    for (const [index, table] of group.entries()) {
      const own = answers?.slice(next, (next += queries[index]?.length ?? 0));
      // Where one of them cannot be read, each is read by itself, and says so.
      yield { table, first: own && pageOf(own) };
    }
  }
}

const firstQueries = (table: Table): readonly string[] =>
  table.key.length === 0 ? [] : pageQueries(table, undefined, PAGE_ROWS.least);

function groupsOf(tables: readonly Table[]): readonly (readonly Table[])[] {
  const groups: Table[][] = [];
  for (const table of tables) {
    const last = groups.at(-1);
    const fits =
      last !== undefined &&
      last.length < TABLES_AHEAD &&
      fitsOnCommandLine([...last, table].flatMap(firstQueries));
    if (fits) last.push(table);
    else groups.push([table]);
  }
  return groups;
}

function parseValues(json: unknown): readonly Value[] {
  const values: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
  const isRow = (list: unknown): list is Value[] =>
    Array.isArray(list) && list.every((value) => typeof value === 'string' || value === null);
  if (isRow(values)) return values;
  throw new Error(`Not a row: ${String(json).slice(0, 200)}`);
}

/** Passes rows on when their long values are there too, in portions of bounded size. */
async function* completeRows(
  d1: D1,
  table: Table,
  page: readonly PageRow[],
): AsyncGenerator<readonly DataRow[]> {
  let rows: DataRow[] = [];
  let gaps: ReturnType<typeof findGaps> = [];
  for (const { key, row } of page) {
    const complete = [...row];
    rows.push(complete);
    gaps = [...gaps, ...findGaps(table, key, complete)];
    if (gapCost(gaps) >= 1) {
      await fillGaps(d1, table, gaps);
      yield rows;
      rows = [];
      gaps = [];
    }
  }
  await fillGaps(d1, table, gaps);
  if (rows.length > 0) yield rows;
}

function unreadable({ name }: Table, reason: string, cause?: unknown): D1Error {
  return new D1Error({
    code: 'unreadable-table',
    message: `The table "${name}" cannot be read row by row: ${reason}.`,
    fix: `Save it by other means, such as "npx wrangler d1 export --table=${name}", and report it.`,
    cause,
  });
}
