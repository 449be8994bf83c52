import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabaseFile } from '../schema/index.ts';
import { foldName, quoteText } from '../sql/index.ts';
import {
  type Ask,
  type ColumnChange,
  type ColumnPair,
  columnsWithout,
  compareCells,
  countChangedRows,
  countGone,
  findRenamed,
  pairOf,
  sameness,
} from './cells.ts';
import { changedExamples, columnsAsKey, type Example, lostExamples } from './examples.ts';
import { contentOption, shapeOf, type TableShape } from './table-shape.ts';
import { compareWords } from './words.ts';

/** A table before, and the one that it has become; a side is undefined where there is none. */
export interface TablePair {
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The names that columns have now, by the folded names that they had, where it is known. Else equal values tell it. */
  readonly renamed?: ReadonlyMap<string, string> | undefined;
}

/**
 * What a row of before is found again by: its primary key, a UNIQUE key without NULLs, the rowid where there is no key,
 * all its values where the rowids were assigned again, or the words that a search finds in it, where it keeps nothing else.
 */
export type MatchedBy = 'primary-key' | 'unique-key' | 'rowid' | 'content' | 'words';

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
  /** The columns with other values than before, and those that are gone with values; new ones are not compared. */
  readonly changes: readonly ColumnChange[];
  /** The columns that it has now, in their order, without generated ones. */
  readonly columns: readonly string[];
  /** The highest number that AUTOINCREMENT has given, where it is a lower one now; 0 where it is forgotten. */
  readonly sequence: { readonly before: number; readonly after: number } | undefined;
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
  const database = await openBeside(before, after);
  try {
    const compared: TableComparison[] = [];
    for (const [index, pair] of pairs.entries()) {
      compared.push(compareTable(database, pair));
      onTable((index + 1) / pairs.length);
      await nextTurn(); // A signal must get through.
    }
    return compared;
  } finally {
    database.close();
  }
}

/** Opens a database file with the one of before beside it, as `compareTable` needs it. */
export async function openBeside(before: string, after: string): Promise<DatabaseSync> {
  const database = await openDatabaseFile(after);
  try {
    database.exec(`ATTACH ${quoteText(before)} AS before`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Compares a table of a connection's database with the one of the database that is attached to it as `before`. */
export function compareTable(database: DatabaseSync, table: TablePair): TableComparison {
  const ask = askOf(database);
  const { old, now } = shapesOf(database, table);
  const columns = [...(now?.columns.values() ?? [])].map(({ name }) => name);
  if ([old, now].some((shape) => shape !== undefined && contentOption(shape.definition) === 'none'))
    return { table, columns, ...matchByWords(database, table) };
  const before = countOf(ask, old);
  const after = countOf(ask, now);
  const found =
    old === undefined || now === undefined || before === 0 || after === 0
      ? undefined
      : match(ask, { old, now, before, after, renamed: table.renamed });
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
    columns,
    sequence: lowerSequence(ask, old, now),
  };
}

/** A few of the rows and cells that `comparison` counts as lost, with their values. */
export function examplesOf(
  database: DatabaseSync,
  { table, matchedBy, lost, changes }: TableComparison,
): readonly Example[] {
  const { old, now } = shapesOf(database, table);
  if (old === undefined || matchedBy === 'words') return [];
  const found = now === undefined ? undefined : keyOf(askOf(database), old, now, matchedBy);
  if (found === undefined || now === undefined) {
    const names = old.primaryKey.length > 0 ? old.primaryKey : [...old.columns.keys()];
    const shown = names.flatMap((name) => old.columns.get(name)?.name ?? []);
    const isSame = pairByName(old, now ?? old)
      .map((pair) => `a.${pair.now} COLLATE BINARY IS b.${pair.old}`)
      .join(' AND ');
    return lost === 0
      ? []
      : lostExamples(database, { old: old.sql, now: now?.sql }, columnsAsKey(shown), isSame);
  }
  const isSame = found.columns.map(sameKey).join(' AND ');
  const joined = `${old.sql} AS b JOIN ${now.sql} AS a ON ${isSame}`;
  return [
    ...(lost === 0 ? [] : lostExamples(database, { old: old.sql, now: now.sql }, found.columns, isSame)),
    ...changes.flatMap((change) => {
      const column = [...old.columns.values()].find(({ name }) => name === change.column);
      const later = [...now.columns.values()].find(({ name }) => name === change.now);
      return column === undefined || later === undefined
        ? []
        : changedExamples(database, joined, found.columns, pairOf(column, later));
    }),
  ];
}

const askOf =
  (database: DatabaseSync): Ask =>
  (sql) =>
    database.prepare(sql).get() ?? {};

const shapesOf = (database: DatabaseSync, { before, after }: TablePair) => ({
  old: before === undefined ? undefined : shapeOf(database, 'before', before),
  now: after === undefined ? undefined : shapeOf(database, 'main', after),
});

function matchByWords(database: DatabaseSync, table: TablePair): Omit<TableComparison, 'table' | 'columns'> {
  const { before, after, kept, changed } = compareWords(database, table.before, table.after);
  const words = { column: 'words', now: 'words', changed, lost: changed, emptied: 0, retyped: 0 };
  return {
    before,
    after,
    matchedBy: 'words',
    kept: kept + changed,
    lost: before - kept - changed,
    added: after - kept - changed,
    repeated: 0,
    changes: changed === 0 ? [] : [words],
    sequence: undefined,
  };
}

function lowerSequence(
  ask: Ask,
  old: TableShape | undefined,
  now: TableShape | undefined,
): TableComparison['sequence'] {
  if (old?.sequence === undefined || now === undefined) return undefined;
  const number = (shape: TableShape) =>
    shape.sequence === undefined ? 0 : Number(ask(shape.sequence)['seq'] ?? 0);
  const [before, after] = [number(old), number(now)];
  return after < before ? { before, after } : undefined;
}

const countOf = (ask: Ask, shape: TableShape | undefined): number =>
  shape === undefined ? 0 : Number(ask(`SELECT count(*) AS n FROM ${shape.sql}`)['n']);

interface Sides extends Pick<TablePair, 'renamed'> {
  readonly old: TableShape;
  readonly now: TableShape;
  readonly before: number;
  readonly after: number;
}

type Match = Pick<TableComparison, 'kept' | 'matchedBy' | 'changes' | 'repeated'>;

function match(ask: Ask, sides: Sides): Match | undefined {
  const { old, now, renamed } = sides;
  const key = findKey(ask, old, now);
  const named = pairByName(old, now, renamed);
  if (key !== undefined) return matchByKey(ask, sides, key, named);
  const byContent = matchByContent(ask, sides, named);
  const rowid = keyOf(ask, old, now, 'rowid');
  if (rowid === undefined) return byContent;
  const byRowid = matchByKey(ask, sides, rowid, named);
  if (byContent === undefined) return byRowid;
  const differing = sides.before - byRowid.kept + byRowid.changedRows;
  return sides.before - byContent.kept < differing ? byContent : { ...byRowid, repeated: byContent.repeated };
}

interface Key {
  readonly by: 'primary-key' | 'unique-key' | 'rowid';
  readonly columns: readonly ColumnPair[];
}

/** The key that a comparison has matched by. */
function keyOf(ask: Ask, old: TableShape, now: TableShape, by: MatchedBy | undefined): Key | undefined {
  if (by === 'primary-key' || by === 'unique-key') return findKey(ask, old, now);
  if (by !== 'rowid' || old.rowid === undefined || now.rowid === undefined) return undefined;
  const rowid = {
    name: 'rowid',
    nameNow: 'rowid',
    old: old.rowid,
    now: now.rowid,
    isTyped: true,
    isSameAffinity: true,
    isTypeFree: false,
  };
  return { by, columns: [rowid] };
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

const pairByName = (
  old: TableShape,
  now: TableShape,
  renamed: TablePair['renamed'] = new Map(),
): readonly ColumnPair[] =>
  [...old.columns].flatMap(([folded, column]) => {
    const found = now.columns.get(foldName(renamed.get(folded) ?? folded));
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
  const known = [...named, ...key.columns];
  const pairs = [...named, ...findRenamed(ask, joined, sides, known)];
  const gone = columnsWithout(old, [...pairs, ...key.columns], 'old');
  const isOther = gone.length > 0 && columnsWithout(now, [...pairs, ...key.columns], 'now').length > 0;
  if (isOther && pairs.every((pair) => keyed.has(pair.old)))
    return { matchedBy: key.by, kept: 0, changes: [], repeated: 0, changedRows: 0 };
  // SQLite reads the key from an index; only other columns have to be looked at in each row.
  const compared = pairs.filter((pair) => !keyed.has(pair.old) || !pair.isSameAffinity || pair.isTypeFree);
  const { joinedRows, changedRows } = countChangedRows(ask, joined, compared);
  return {
    matchedBy: key.by,
    kept: isKey(now, key) ? joinedRows : countKept(ask, old, now, key),
    changes: [
      ...(changedRows === 0 ? [] : compareCells(ask, joined, compared)),
      ...countGone(ask, joined, gone),
    ],
    changedRows,
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

/** Whether a key still tells rows apart, as the same values. */
function isKey({ primaryKey, uniqueKeys }: TableShape, { by, columns }: Key): boolean {
  const names = columns.map(({ nameNow }) => foldName(nameNow)).sort();
  const isSame = (key: readonly string[]) =>
    key.length === names.length && key.toSorted().every((name, index) => name === names[index]);
  if (!columns.every(({ isTyped }) => isTyped)) return false;
  return by === 'rowid' || isSame(primaryKey) || uniqueKeys.some(isSame);
}

/** Not by the join: where the key is none any more, a row of before may be there twice. */
function countKept(ask: Ask, old: TableShape, now: TableShape, { columns }: Key): number {
  const values = (side: 'old' | 'now') => columns.map((column) => comparable(column, side)).join(', ');
  const keys = `SELECT ${values('old')} FROM ${old.sql} INTERSECT SELECT ${values('now')} FROM ${now.sql}`;
  return Number(ask(`SELECT count(*) AS n FROM (${keys})`)['n']);
}

const comparable = (pair: ColumnPair, side: 'old' | 'now'): string =>
  pair.isTyped ? `${pair[side]} COLLATE BINARY` : `CAST(${pair[side]} AS TEXT)`;

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
    pairs
      .map((pair, index) => `${comparable(pair, side)} AS v${index}, ${sameness(pair, side)} AS s${index}`)
      .join(', ');
  const groups = pairs.map((_, index) => `v${index} COLLATE BINARY, s${index}`).join(', ');
  const row = ask(
    `SELECT sum(min(was, is_now)) AS kept, sum(CASE WHEN was > 0 THEN max(0, is_now - was) ELSE 0 END) AS repeated
     FROM (SELECT sum(side) AS was, count(*) - sum(side) AS is_now
       FROM (SELECT 1 AS side, ${values('old')} FROM ${old.sql} UNION ALL SELECT 0, ${values('now')} FROM ${now.sql})
       GROUP BY ${groups})`,
  );
  return { kept: Number(row['kept'] ?? 0), repeated: Number(row['repeated'] ?? 0) };
}
