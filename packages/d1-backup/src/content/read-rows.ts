import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Table } from './catalog.ts';
import { findGaps, fillGaps, gapCost } from './gaps.ts';
import { pageQueries } from './page-query.ts';
import type { Value } from './value.ts';

/** The values of one row; the rowid first, when no column shows it. */
export type DataRow = readonly Value[];

/** Rows that one query may give. */
const PAGE_ROWS = { least: 200, most: 4000 };

/** Characters of an answer at which the number of rows is aimed. */
const PAGE_SIZE = 4_000_000;

/**
 * Reads all rows of a table in the order of its key, some at a time, exactly as they are. Throws D1Error
 * `unreadable-table`, or `changed-while-reading` when a row is gone between two queries.
 */
export async function* readRows(d1: D1, table: Table): AsyncGenerator<readonly DataRow[]> {
  if (table.key.length === 0)
    throw unreadable(table, 'columns have taken rowid, _rowid_ and oid, all names of its rowid');
  let after: readonly Value[] | undefined;
  let limit = PAGE_ROWS.least;
  for (;;) {
    const page = await readPage(d1, table, after, limit);
    yield* completeRows(d1, table, page.rows);
    if (page.rows.length < limit) return;
    after = page.rows.at(-1)?.key;
    limit = Math.floor((PAGE_SIZE * page.rows.length) / page.size);
    limit = Math.min(PAGE_ROWS.most, Math.max(PAGE_ROWS.least, limit));
  }
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
): Promise<{ readonly rows: readonly PageRow[]; readonly size: number }> {
  try {
    const [rows = [], ...more] = await d1.batch(pageQueries(table, after, limit));
    return {
      rows: rows.map((row, index) => ({
        key: parseValues(row['k']),
        row: [row, ...more.map((part) => part[index])].flatMap((part) => parseValues(part?.['r'])),
      })),
      size: [rows, ...more].flat().reduce((total, row) => total + String(row['r']).length, 1),
    };
  } catch (error) {
    if (!isD1Error(error) || !error.code.startsWith('sql-')) throw error;
    throw unreadable(table, error.message, error);
  }
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
