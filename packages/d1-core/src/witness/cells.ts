import type { SQLOutputValue } from 'node:sqlite';
import { quoteIdentifier } from '../sql/index.ts';
import type { ShapeColumn, TableShape } from './table-shape.ts';

/** Returns the first row; an empty object where there is none. */
export type Ask = (sql: string) => Readonly<Record<string, SQLOutputValue>>;

/** What became of the values of a column, in the rows that are still there. */
export interface ColumnChange {
  /** Its name before. */
  readonly column: string;
  /** Its name now; undefined where the table has no such column any more. */
  readonly now: string | undefined;
  /** Values that differ in any way; where the column is gone, all that are not NULL. */
  readonly changed: number;
  /** Of these, values that were there and have given way to another one or to NULL; `1` for `'1'` is none. */
  readonly lost: number;
  /** Of these, those that are NULL now. */
  readonly emptied: number;
  /** Of those changed, values of another storage class that are not NULL on either side. */
  readonly retyped: number;
}

/** A column before and the one that has its values now. */
export interface ColumnPair {
  readonly name: string;
  readonly nameNow: string;
  /** Both quoted. */
  readonly old: string;
  readonly now: string;
  /** Whether equal values are equal on both sides as they are: `1` is not `'1'`. */
  readonly isTyped: boolean;
  /** Whether both sides keep a value in the same storage class. */
  readonly isSameAffinity: boolean;
  /** Whether the column before keeps each value as it is given. */
  readonly isTypeFree: boolean;
}

export const pairOf = (column: ShapeColumn, now: ShapeColumn): ColumnPair => ({
  name: column.name,
  nameNow: now.name,
  old: quoteIdentifier(column.name),
  now: quoteIdentifier(now.name),
  isTyped: column.affinity === now.affinity || (isNumeric(column) && isNumeric(now)),
  isSameAffinity: column.affinity === now.affinity,
  isTypeFree: column.affinity === 'BLOB',
});

const isNumeric = ({ affinity }: ShapeColumn): boolean => affinity !== 'TEXT' && affinity !== 'BLOB';

/** SQLite takes -0.0 and 0.0 for equal; the angle of a point on either side of the axis tells them apart. */
const isOtherZero = (old: string, now: string): string =>
  `(${old} = 0 AND typeof(${old}) = 'real' AND atan2(${old}, -1) <> atan2(${now}, -1))`;

/**
 * Whether the cell of the row `b` is not the one of the row `a`, bit by bit. A column with an affinity keeps equal values in
 * one storage class, so that only others need a second look: this is asked of every cell of a database.
 */
export function differs({ old, now, isSameAffinity, isTypeFree }: ColumnPair): string {
  const isOther = `b.${old} COLLATE BINARY IS NOT a.${now}`;
  if (isSameAffinity && !isTypeFree) return isOther;
  return `(${isOther} OR typeof(b.${old}) <> typeof(a.${now}) OR ${isOtherZero(`b.${old}`, `a.${now}`)})`;
}

/** What is equal on both sides where the value is the same, also beside a GROUP BY, which takes 1 and 1.0 for equal. */
export function sameness(pair: ColumnPair, side: 'old' | 'now'): string {
  const value = pair[side];
  if (!pair.isSameAffinity) return "''";
  return `typeof(${value}) || CASE WHEN ${value} = 0 AND typeof(${value}) = 'real' THEN atan2(${value}, -1) ELSE '' END`;
}

const isNumber = (column: string): string => `typeof(${column}) IN ('integer', 'real')`;

/** A value that was there and cannot be read from what stands there now: another type alone loses nothing. */
export function lostValue(pair: ColumnPair): string {
  const [old, now] = [`b.${pair.old}`, `a.${pair.now}`];
  const isSameText = `CAST(${old} AS TEXT) COLLATE BINARY IS CAST(${now} AS TEXT)`;
  const isSameNumber = `(${isNumber(old)} AND ${isNumber(now)} AND ${old} = ${now})`;
  return `(${old} IS NOT NULL AND ${differs(pair)} AND NOT ${isSameText} AND NOT ${isSameNumber})`;
}

/** How many rows `joined` finds on both sides, `b` before and `a` after, and in how many a cell is another one. */
export function countChangedRows(
  ask: Ask,
  joined: string,
  pairs: readonly ColumnPair[],
): { readonly joinedRows: number; readonly changedRows: number } {
  const changed = pairs.length === 0 ? '0' : `sum(${pairs.map(differs).join(' OR ')})`;
  const row = ask(`SELECT count(*) AS joined_rows, ${changed} AS changed_rows FROM ${joined}`);
  return { joinedRows: Number(row['joined_rows'] ?? 0), changedRows: Number(row['changed_rows'] ?? 0) };
}

/** Says of each column which cells are others. Is asked only where `countChangedRows` has found some. */
export function compareCells(
  ask: Ask,
  joined: string,
  pairs: readonly ColumnPair[],
): readonly ColumnChange[] {
  const sums = pairs.flatMap((pair, index) => [
    `sum(${differs(pair)}) AS c${index}`,
    `sum(${lostValue(pair)}) AS l${index}`,
    `sum(b.${pair.old} IS NOT NULL AND a.${pair.now} IS NULL) AS e${index}`,
    `sum(b.${pair.old} IS NOT NULL AND a.${pair.now} IS NOT NULL AND typeof(b.${pair.old}) <> typeof(a.${pair.now})) AS t${index}`,
  ]);
  const row = ask(`SELECT ${sums.join(', ')} FROM ${joined} WHERE ${pairs.map(differs).join(' OR ')}`);
  const number = (name: string) => Number(row[name] ?? 0);
  return pairs
    .map(({ name, nameNow }, index) => ({
      column: name,
      now: nameNow,
      changed: number(`c${index}`),
      lost: number(`l${index}`),
      emptied: number(`e${index}`),
      retyped: number(`t${index}`),
    }))
    .filter(({ changed }) => changed > 0);
}

/** The values that went with their columns, in the rows that are still there. */
export function countGone(ask: Ask, joined: string, gone: readonly ShapeColumn[]): readonly ColumnChange[] {
  if (gone.length === 0) return [];
  const counts = gone.map(({ name }, index) => `count(b.${quoteIdentifier(name)}) AS g${index}`);
  const row = ask(`SELECT ${counts.join(', ')} FROM ${joined}`);
  return gone
    .map(({ name }, index) => ({ name, values: Number(row[`g${index}`] ?? 0) }))
    .filter(({ values }) => values > 0)
    .map(({ name: column, values }) => ({
      column,
      now: undefined,
      changed: values,
      lost: values,
      emptied: 0,
      retyped: 0,
    }));
}

/** Pairs of columns beyond which none is looked at. */
const MOST_PAIRS = 100;

/** A column that is gone, and one that is new and has the same values in all rows: it was renamed. */
export function findRenamed(
  ask: Ask,
  joined: string,
  { old, now }: { readonly old: TableShape; readonly now: TableShape },
  known: readonly ColumnPair[],
): readonly ColumnPair[] {
  const gone = columnsWithout(old, known, 'old');
  const fresh = columnsWithout(now, known, 'now');
  const pairs = gone.flatMap((column) => fresh.map((one) => pairOf(column, one))).slice(0, MOST_PAIRS);
  if (pairs.length === 0) return [];
  const sums = pairs.map(
    (pair, index) => `sum(${lostValue(pair)}) AS d${index}, count(b.${pair.old}) AS n${index}`,
  );
  const row = ask(`SELECT ${sums.join(', ')} FROM ${joined}`);
  const taken = new Set<string>();
  return pairs.filter((pair, index) => {
    const isSame = row[`d${index}`] === 0 && Number(row[`n${index}`]) > 0;
    if (!isSame || taken.has(`old ${pair.old}`) || taken.has(`now ${pair.now}`)) return false;
    taken.add(`old ${pair.old}`).add(`now ${pair.now}`);
    return true;
  });
}

/** The columns of a table that are in none of the pairs. */
export const columnsWithout = (
  { columns }: TableShape,
  pairs: readonly ColumnPair[],
  side: 'old' | 'now',
): readonly ShapeColumn[] =>
  [...columns.values()].filter(({ name }) => !pairs.some((pair) => pair[side] === quoteIdentifier(name)));
