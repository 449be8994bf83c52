import { quoteIdentifier } from 'd1-core/sql';
import type { Table } from './catalog.ts';
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
 * The queries for the rows behind a key, to be asked together. Each gives some of the columns, in their order: the key,
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
