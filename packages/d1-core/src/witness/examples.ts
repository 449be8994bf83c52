import type { DatabaseSync } from 'node:sqlite';
import { quoteIdentifier, quoteText } from '../sql/index.ts';
import { differs, type ColumnPair } from './cells.ts';

/** A row that is gone, or a cell that is another one, with values: for the terminal alone. Each as an SQL literal. */
export interface Example {
  /** `id = 7`; where rows are told apart by all their values, those. */
  readonly key: string;
  /** Undefined where the row is gone. */
  readonly column: string | undefined;
  readonly was: string | undefined;
  /** Undefined where the row or the column is gone. */
  readonly now: string | undefined;
}

/** How many of one kind are shown. */
const SHOWN = 3;

/** Characters of a value that are shown. */
const LENGTH = 40;

/** A few rows that the key of `keys` does not find any more. */
export const lostExamples = (
  database: DatabaseSync,
  { old, now }: { readonly old: string; readonly now: string | undefined },
  keys: readonly ColumnPair[],
  isSame: string,
): readonly Example[] =>
  read(
    database,
    `SELECT ${keyText(keys)} AS key FROM ${old} AS b${now === undefined ? '' : ` WHERE NOT EXISTS (SELECT 1 FROM ${now} AS a WHERE ${isSame})`} LIMIT ${SHOWN}`,
  ).map(({ key }) => ({ key: String(key), column: undefined, was: undefined, now: undefined }));

/** A few cells of a column that are not what they were. */
export const changedExamples = (
  database: DatabaseSync,
  joined: string,
  keys: readonly ColumnPair[],
  pair: ColumnPair,
): readonly Example[] =>
  read(
    database,
    `SELECT ${keyText(keys)} AS key, ${literal(`b.${pair.old}`)} AS was, ${literal(`a.${pair.now}`)} AS now FROM ${joined} WHERE ${differs(pair)} LIMIT ${SHOWN}`,
  ).map(({ key, was, now }) => ({
    key: String(key),
    column: pair.name,
    was: String(was),
    now: String(now),
  }));

const read = (database: DatabaseSync, sql: string) => database.prepare(sql).all();

const literal = (value: string): string => `substr(quote(${value}), 1, ${LENGTH})`;

const keyText = (keys: readonly ColumnPair[]): string =>
  keys.map(({ name, old }) => `${quoteText(`${name} = `)} || ${literal(`b.${old}`)}`).join(" || ', ' || ");

/** Without a key, a row is shown by all its values. */
export const columnsAsKey = (names: readonly string[]): readonly ColumnPair[] =>
  names.map((name) => {
    const quoted = quoteIdentifier(name);
    return {
      name,
      nameNow: name,
      old: quoted,
      now: quoted,
      isTyped: true,
      isSameAffinity: true,
      isTypeFree: false,
    };
  });
