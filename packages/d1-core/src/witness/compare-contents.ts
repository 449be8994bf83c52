import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabaseFile } from '../schema/index.ts';
import { quoteIdentifier, quoteText } from '../sql/index.ts';
import { shapeOf, type ShapeColumn, type TableShape } from './table-shape.ts';

/** A table before, and the one that it has become; a side is undefined where there is none. */
export interface TablePair {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * What a row of before is found again by: its primary key, a UNIQUE key without NULLs, the rowid where there is no key,
 * or all its values where the rowids were given anew.
 */
export type MatchedBy = 'primary-key' | 'unique-key' | 'rowid' | 'content';

/** What became of the values of a column, in the rows that are still there. */
export interface ColumnChange {
  /** Its name before. */
  readonly column: string;
  /** Its name after. */
  readonly now: string;
  /** Values that differ in any way. */
  readonly changed: number;
  /** Of these, values that were there and have given way to another one or to NULL; `1` for `'1'` is none. */
  readonly lost: number;
  /** Of these, those that are NULL now. */
  readonly emptied: number;
}

export interface TableComparison {
  readonly table: TablePair;
  /** Rows. */
  readonly before: number;
  readonly after: number;
  /** Undefined where one side is missing or empty: then there is nothing to match. */
  readonly matchedBy: MatchedBy | undefined;
  readonly kept: number;
  readonly lost: number;
  readonly added: number;
  /** Of the rows added, those that hold the values of a row of before once more. */
  readonly repeated: number;
  /** The columns with other values than before; those that only one side has are not compared. */
  readonly changes: readonly ColumnChange[];
}

/**
 * Compares the rows of tables in two database files, cell by cell. Both files are only read; they may be open elsewhere
 * while nobody writes to them. `onTable` is told the fraction that is done. Throws what SQLite throws for a table that cannot be read.
 */
export async function compareContents(
  before: string,
  after: string,
  pairs: readonly TablePair[],
  onTable: (fraction: number) => void = () => undefined,
): Promise<readonly TableComparison[]> {
  const database = await openDatabaseFile(after);
  try {
    database.exec(`ATTACH ${quoteText(before)} AS before`);
    const compared: TableComparison[] = [];
    for (const [index, pair] of pairs.entries()) {
      compared.push(comparePair(database, pair));
      onTable((index + 1) / pairs.length);
      await nextTurn(); // A signal must get through.
    }
    return compared;
  } finally {
    database.close();
  }
}

type Ask = (sql: string) => Readonly<Record<string, SQLOutputValue>>;

function comparePair(database: DatabaseSync, table: TablePair): TableComparison {
  const ask: Ask = (sql) => database.prepare(sql).get() ?? {};
  const old = table.before === undefined ? undefined : shapeOf(database, 'before', table.before);
  const now = table.after === undefined ? undefined : shapeOf(database, 'main', table.after);
  const before = countOf(ask, old);
  const after = countOf(ask, now);
  const found =
    old === undefined || now === undefined || before === 0 || after === 0
      ? undefined
      : match(ask, { old, now, before, after });
  const { kept = 0, matchedBy, changes = [], repeated = 0 } = found ?? {};
  return {
    table,
    before,
    after,
    matchedBy,
    kept,
    lost: before - kept,
    added: after - kept,
    repeated,
    changes,
  };
}

const countOf = (ask: Ask, shape: TableShape | undefined): number =>
  shape === undefined ? 0 : Number(ask(`SELECT count(*) AS n FROM ${shape.sql}`)['n']);

interface Sides {
  readonly old: TableShape;
  readonly now: TableShape;
  readonly before: number;
  readonly after: number;
}

type Match = Pick<TableComparison, 'kept' | 'matchedBy' | 'changes' | 'repeated'>;

/** A column before and the one that has its values now. */
interface ColumnPair {
  readonly name: string;
  readonly nameNow: string;
  /** Both quoted. */
  readonly old: string;
  readonly now: string;
  /** Whether equal values are equal on both sides as they are: `1` is not `'1'`. */
  readonly isTyped: boolean;
}

function match(ask: Ask, sides: Sides): Match | undefined {
  const { old, now } = sides;
  const key = findKey(ask, old, now);
  const named = pairByName(old, now);
  if (key !== undefined) return matchByKey(ask, sides, key, named);
  const byContent = matchByContent(ask, sides, named);
  if (old.rowid === undefined || now.rowid === undefined) return byContent;
  const rowid = { name: 'rowid', nameNow: 'rowid', old: old.rowid, now: now.rowid, isTyped: true };
  const byRowid = matchByKey(ask, sides, { by: 'rowid', columns: [rowid] }, named);
  if (byContent === undefined) return byRowid;
  const differing = sides.before - byRowid.kept + byRowid.changedRows;
  return sides.before - byContent.kept < differing ? byContent : { ...byRowid, repeated: byContent.repeated };
}

interface Key {
  readonly by: Exclude<MatchedBy, 'content'>;
  readonly columns: readonly ColumnPair[];
}

function findKey(ask: Ask, old: TableShape, now: TableShape): Key | undefined {
  const candidates = [
    { by: 'primary-key', names: old.primaryKey } as const,
    ...old.uniqueKeys.map((names) => ({ by: 'unique-key', names }) as const),
  ];
  for (const { by, names } of candidates) {
    const columns = names.map((name, index) => keyColumn(old, now, name, index));
    if (columns.length === 0 || !columns.every((column) => column !== undefined)) continue;
    // SQLite lets a primary key be NULL; then it tells no rows apart.
    const isNull = columns.map((column) => `${column.old} IS NULL`).join(' OR ');
    if (ask(`SELECT 1 AS found FROM ${old.sql} WHERE ${isNull} LIMIT 1`)['found'] === 1) continue;
    return { by, columns };
  }
  return undefined;
}

/** A primary key whose column has another name now is paired by its place. */
function keyColumn(old: TableShape, now: TableShape, name: string, index: number) {
  const column = old.columns.get(name);
  const placed = now.primaryKey.length === old.primaryKey.length ? now.primaryKey[index] : undefined;
  const isRenamed = placed !== undefined && old.primaryKey[index] === name && !old.columns.has(placed);
  const found = now.columns.get(name) ?? (isRenamed ? now.columns.get(placed) : undefined);
  if (column === undefined || found === undefined) return undefined;
  return pairOf(column, found);
}

const pairOf = (column: ShapeColumn, now: ShapeColumn): ColumnPair => ({
  name: column.name,
  nameNow: now.name,
  old: quoteIdentifier(column.name),
  now: quoteIdentifier(now.name),
  isTyped: column.affinity === now.affinity || (isNumeric(column) && isNumeric(now)),
});

const isNumeric = ({ affinity }: ShapeColumn): boolean => affinity !== 'TEXT' && affinity !== 'BLOB';

const pairByName = (old: TableShape, now: TableShape): readonly ColumnPair[] =>
  [...old.columns].flatMap(([folded, column]) => {
    const found = now.columns.get(folded);
    return found === undefined ? [] : [pairOf(column, found)];
  });

interface KeyMatch extends Match {
  /** Rows that are kept, with another value somewhere. */
  readonly changedRows: number;
}

function matchByKey(ask: Ask, sides: Sides, key: Key, named: readonly ColumnPair[]): KeyMatch {
  const { old, now } = sides;
  const keyed = new Set(key.columns.map((column) => column.old));
  const joined = `${old.sql} AS b JOIN ${now.sql} AS a ON ${key.columns.map(sameKey).join(' AND ')}`;
  const others =
    old.columns.size - [...old.columns.values()].filter((one) => keyed.has(quoteIdentifier(one.name))).length;
  const pairs = [...named, ...findRenamed(ask, joined, old, now, named, key)];
  const isNothingLeft = others > 0 && pairs.every((pair) => keyed.has(pair.old));
  if (isNothingLeft) return { matchedBy: key.by, kept: 0, changes: [], repeated: 0, changedRows: 0 };
  return {
    matchedBy: key.by,
    kept: countKept(ask, old, now, key),
    ...compareCells(ask, joined, pairs),
    repeated: countRepeated(
      ask,
      sides,
      pairs.filter((pair) => !keyed.has(pair.old)),
    ),
  };
}

/** The first term can be looked up in the index of a key with another collation, the second tells its letters apart. */
const sameKey = ({ old, now }: ColumnPair): string =>
  `a.${now} = b.${old} AND a.${now} COLLATE BINARY = b.${old}`;

/** Not by the join: where the key is none any more, a row of before may be there twice. */
function countKept(ask: Ask, old: TableShape, now: TableShape, { columns }: Key): number {
  const values = (side: 'old' | 'now') => columns.map((column) => comparable(column, side)).join(', ');
  const keys = `SELECT ${values('old')} FROM ${old.sql} INTERSECT SELECT ${values('now')} FROM ${now.sql}`;
  return Number(ask(`SELECT count(*) AS n FROM (${keys})`)['n']);
}

const comparable = (pair: ColumnPair, side: 'old' | 'now'): string =>
  pair.isTyped ? `${pair[side]} COLLATE BINARY` : `CAST(${pair[side]} AS TEXT)`;

/** Pairs of columns beyond which none is looked at. */
const MOST_PAIRS = 100;

/** A column that is gone, and one that is new and has the same values in all rows: it was renamed. */
function findRenamed(
  ask: Ask,
  joined: string,
  old: TableShape,
  now: TableShape,
  named: readonly ColumnPair[],
  key: Key,
): readonly ColumnPair[] {
  const known = [...named, ...key.columns];
  const gone = [...old.columns.values()].filter(
    ({ name }) => !known.some((pair) => pair.old === quoteIdentifier(name)),
  );
  const fresh = [...now.columns.values()].filter(
    ({ name }) => !known.some((pair) => pair.now === quoteIdentifier(name)),
  );
  const pairs = gone.flatMap((column) => fresh.map((one) => pairOf(column, one))).slice(0, MOST_PAIRS);
  if (pairs.length === 0) return [];
  const sums = pairs.map(
    (pair, index) => `sum(${lostValue(pair)}) AS d${index}, count(b.${pair.old}) AS n${index}`,
  );
  const row = ask(`SELECT ${sums.join(', ')} FROM ${joined}`);
  const same = pairs.filter((_, index) => row[`d${index}`] === 0 && Number(row[`n${index}`]) > 0);
  return same.filter((pair, index) => same.findIndex((one) => one.old === pair.old) === index);
}

const differs = ({ old, now }: ColumnPair): string =>
  `(typeof(b.${old}) <> typeof(a.${now}) OR b.${old} COLLATE BINARY IS NOT a.${now})`;

const isNumber = (column: string): string => `typeof(${column}) IN ('integer', 'real')`;

/** A value that was there and cannot be read from what stands there now: another type alone loses nothing. */
function lostValue(pair: ColumnPair): string {
  const [old, now] = [`b.${pair.old}`, `a.${pair.now}`];
  const isSameText = `CAST(${old} AS TEXT) COLLATE BINARY IS CAST(${now} AS TEXT)`;
  const isSameNumber = `(${isNumber(old)} AND ${isNumber(now)} AND ${old} = ${now})`;
  return `(${old} IS NOT NULL AND ${differs(pair)} AND NOT ${isSameText} AND NOT ${isSameNumber})`;
}

function compareCells(
  ask: Ask,
  joined: string,
  pairs: readonly ColumnPair[],
): Pick<KeyMatch, 'changes' | 'changedRows'> {
  if (pairs.length === 0) return { changes: [], changedRows: 0 };
  const sums = pairs.map(
    (pair, index) =>
      `sum(${differs(pair)}) AS c${index}, sum(${lostValue(pair)}) AS l${index}, sum(b.${pair.old} IS NOT NULL AND a.${pair.now} IS NULL) AS e${index}`,
  );
  const row = ask(
    `SELECT sum(${pairs.map(differs).join(' OR ')}) AS changed_rows, ${sums.join(', ')} FROM ${joined}`,
  );
  const changes = pairs
    .map(({ name, nameNow }, index) => ({
      column: name,
      now: nameNow,
      changed: Number(row[`c${index}`] ?? 0),
      lost: Number(row[`l${index}`] ?? 0),
      emptied: Number(row[`e${index}`] ?? 0),
    }))
    .filter(({ changed }) => changed > 0);
  return { changes, changedRows: Number(row['changed_rows'] ?? 0) };
}

/** By all values that both sides have: how often each was there, and is. */
function matchByContent(ask: Ask, sides: Sides, pairs: readonly ColumnPair[]): Match | undefined {
  if (pairs.length === 0) return undefined;
  const { kept, repeated } = countSame(ask, sides, pairs);
  return { matchedBy: 'content', kept, changes: [], repeated };
}

const countRepeated = (ask: Ask, sides: Sides, pairs: readonly ColumnPair[]): number =>
  // Only more rows than before can be there twice.
  pairs.length === 0 || sides.after <= sides.before ? 0 : countSame(ask, sides, pairs).repeated;

function countSame(
  ask: Ask,
  { old, now }: Sides,
  pairs: readonly ColumnPair[],
): { readonly kept: number; readonly repeated: number } {
  const values = (side: 'old' | 'now') =>
    pairs.map((pair, index) => `${comparable(pair, side)} AS v${index}`).join(', ');
  const groups = pairs.map((_, index) => `v${index} COLLATE BINARY`).join(', ');
  const row = ask(
    `SELECT sum(min(was, is_now)) AS kept, sum(CASE WHEN was > 0 THEN max(0, is_now - was) ELSE 0 END) AS repeated
     FROM (SELECT sum(side) AS was, count(*) - sum(side) AS is_now
       FROM (SELECT 1 AS side, ${values('old')} FROM ${old.sql} UNION ALL SELECT 0, ${values('now')} FROM ${now.sql})
       GROUP BY ${groups})`,
  );
  return { kept: Number(row['kept'] ?? 0), repeated: Number(row['repeated'] ?? 0) };
}
