import { quoteIdentifier } from 'd1-core/sql';
import type { Table } from './table.ts';
import { dataColumns, type DataRow } from './read-rows.ts';
import { literal, type Value } from './value.ts';

/** D1 takes statements of 100,000 bytes. */
const MAX_STATEMENT = 90_000;

/** What several rows are put together to. */
const GOOD_STATEMENT = 50_000;

/** Bytes of one piece, twice as long in hexadecimal. */
const PIECE_BYTES = 40_000;

/** Values of more characters are brought in pieces where a row is too long for one statement. */
const LONG_LITERAL = 500;

/** The helper table that holds the pieces of the values of one row. */
export const createPieces = (pieces: string): string =>
  `CREATE TABLE ${quoteIdentifier(pieces)} (n INTEGER PRIMARY KEY, c INTEGER NOT NULL, v BLOB NOT NULL)`;

/** The statements that insert rows. Long values go through the helper table, whose name is given. */
export function* insertStatements(table: Table, rows: readonly DataRow[], pieces: string): Generator<string> {
  const into = `INSERT INTO ${quoteIdentifier(table.name)} (${dataColumns(table).join(', ')})`;
  let tuples: string[] = [];
  let size = 0;
  for (const row of rows) {
    const tuple = `(${row.map(literal).join(', ')})`;
    const bytes = Buffer.byteLength(tuple);
    if (tuples.length > 0 && size + bytes > GOOD_STATEMENT) {
      yield `${into} VALUES\n${tuples.join(',\n')}`;
      tuples = [];
      size = 0;
    }
    if (bytes + into.length > MAX_STATEMENT) {
      yield* insertInPieces(into, row, pieces);
    } else {
      tuples.push(tuple);
      size += bytes;
    }
  }
  if (tuples.length > 0) yield `${into} VALUES\n${tuples.join(',\n')}`;
}

function* insertInPieces(into: string, row: DataRow, pieces: string): Generator<string> {
  const name = quoteIdentifier(pieces);
  const values: string[] = [];
  for (const [column, value] of row.entries()) {
    const direct = literal(value);
    if (!isBytes(value) || direct.length <= LONG_LITERAL) {
      values.push(direct);
      continue;
    }
    const hex = value.slice(1);
    for (let from = 0; from < hex.length; from += 2 * PIECE_BYTES) {
      yield `INSERT INTO ${name} (c, v) VALUES (${column}, x'${hex.slice(from, from + 2 * PIECE_BYTES)}')`;
    }
    const type = value.startsWith('t') ? 'TEXT' : 'BLOB';
    values.push(
      `(SELECT CAST(group_concat(v, '') AS ${type}) FROM (SELECT v FROM ${name} WHERE c = ${column} ORDER BY n))`,
    );
  }
  yield `${into} VALUES (${values.join(', ')})`;
  yield `DELETE FROM ${name}`;
}

const isBytes = (value: Value): value is string => value !== null && /^[tb]/.test(value);
