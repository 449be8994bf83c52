import { fitsOnCommandLine, type D1, type Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Table } from './catalog.ts';
import { findGaps, fillGaps, gapCost } from './gaps.ts';
import { pageQueries } from './page-query.ts';
import type { Value } from './value.ts';

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

/** Gives rows on when their long values are there too, in portions of bounded size. */
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
