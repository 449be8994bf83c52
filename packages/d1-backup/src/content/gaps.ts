import type { D1, Row } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import type { Table } from './catalog.ts';
import { pieceQuery, realQuery } from './page-query.ts';
import type { Value } from './value.ts';

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
