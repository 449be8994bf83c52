import type { DatabaseSync } from 'node:sqlite';
import {
  affinityOf,
  columnOf,
  contentTable,
  createObjects,
  objectEntries,
  openMemoryDatabase,
  parentsFirst,
  primaryKeyOf,
  type ForeignKey,
  type Schema,
  type Table,
} from '../schema/index.ts';
import { foldName, quoteIdentifier, sameName, type Tokenize } from '../sql/index.ts';
import { checksOf, otherValues, usualValue } from './candidates.ts';
import { storedColumns, tablesWithRows, type ContentRow, type Contents } from './contents.ts';
import { fittingValues } from './fitting-values.ts';

/** Rows that a table gets: with one alone, a change of its order would not be seen. */
const ROWS = 2;

/** Attempts at a row: most need one, and a table with checks some dozens. */
const MAX_ATTEMPTS = 600;

/**
 * Which row of its parent each further foreign key takes: the same as the first one, the next, or the one before. Two keys
 * to one parent may have to differ: `CHECK (home <> away)`.
 */
const SPREADS = [0, 1, -1];

export interface Seeds {
  /** INSERTs, parents first. */
  readonly statements: readonly string[];
  /** Tables for which no row was found that they take, with SQLite's words on the best attempt. */
  readonly failures: readonly { readonly table: string; readonly reason: string }[];
}

/** A table that takes no further row: not because of the row's values, but whatever they are. */
export interface Refusal {
  readonly table: string;
  /** SQLite's words. */
  readonly reason: string;
}

/**
 * Finds rows for the tables of a schema that have none, which every constraint and trigger takes. They are tried in
 * memory, beside the rows that are there.
 */
export async function findSeeds(
  schema: Schema,
  contents: Contents,
  tokenize: Tokenize,
  isLeftOut: (table: string) => boolean = () => false,
): Promise<Seeds> {
  const empty = tablesWithRows(schema)
    .filter((table) => !isFilledFromOthers(table, tokenize) && !isLeftOut(table.name))
    .filter(({ name }) => (contents.get(foldName(name)) ?? []).length === 0);
  if (empty.length === 0) return { statements: [], failures: [] };
  return withContents(schema, contents, (database) => sowRows(database, schema, empty, tokenize));
}

/** Puts rows into some of the tables of a database that has this schema, parents first; triggers may have filled them. */
export function sowRows(
  database: DatabaseSync,
  schema: Schema,
  tables: readonly Table[],
  tokenize: Tokenize,
): Seeds {
  const statements: string[] = [];
  const failures: { table: string; reason: string }[] = [];
  for (const table of parentsFirst(schema, tables)) {
    for (let row = 0; row < ROWS; row += 1) {
      const result = findRow(database, schema, table, row, tokenize);
      if ('sql' in result) statements.push(result.sql);
      else if (row === 0 && !hasRows(database, table)) {
        failures.push({ table: table.name, reason: result.reason });
      }
      if ('reason' in result) break;
    }
  }
  return { statements, failures };
}

/** Literals that a migration compares with, and that a text may be, as SQL. */
export interface Literals {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

/** Beyond these values of each kind none is tried. */
const MOST_LITERALS = 12;

/**
 * Adds rows that hold these values in every column of their kind, so that conditions find some. A row that a table does not
 * take is left out.
 */
export function sowLiterals(
  database: DatabaseSync,
  schema: Schema,
  tables: readonly Table[],
  { numbers, texts }: Literals,
): void {
  const rows = [
    ...numbers.slice(0, MOST_LITERALS).map((value) => ({ value, isText: false })),
    ...texts.slice(0, MOST_LITERALS).map((value) => ({ value, isText: true })),
  ];
  for (const table of parentsFirst(schema, tables)) {
    for (const [index, { value, isText }] of rows.entries()) {
      const row = ROWS + index;
      const own = storedColumns(table).map((name) => {
        const affinity = affinityOf(columnOf(table, name)?.type ?? '');
        const isOfKind = isText ? affinity === 'TEXT' : affinity !== 'TEXT' && affinity !== 'BLOB';
        return [foldName(name), isOfKind ? value : usualOf(table, name, row)] as const;
      });
      const keys = table.foreignKeys.flatMap((key) =>
        referenceTo(database, schema, table, key, { row: index % ROWS, shift: 0 }),
      );
      // A key that is the value as well, where the parent has that row; else any that it has.
      for (const values of [new Map(own), new Map([...own, ...keys])]) {
        const sql = insert(
          table,
          storedColumns(table).map((name) => values.get(foldName(name)) ?? 'NULL'),
        );
        if (tryRun(database, sql) === undefined) break;
      }
    }
  }
}

/**
 * The tables that take no row, tried in memory beside the rows that are there. A table whose checks and keys no value was
 * found for is none of them, nor one whose trigger refuses on purpose, nor one whose parents have no rows themselves.
 */
export async function findRefusals(
  schema: Schema,
  contents: Contents,
  tokenize: Tokenize,
): Promise<readonly Refusal[]> {
  const tables = tablesWithRows(schema).filter((table) => !isFilledFromOthers(table, tokenize));
  return withContents(schema, contents, (database) =>
    parentsFirst(schema, tables).flatMap((table) => {
      // The rows of a proof have the first numbers.
      const row = (contents.get(foldName(table.name)) ?? []).length > 0 ? ROWS : 0;
      const result = findRow(database, schema, table, row, tokenize);
      if ('sql' in result) return [];
      const { reason, code } = result;
      const hasParents = table.foreignKeys.every(({ parent }) => {
        const found = schema.table(parent);
        return found !== undefined && hasRows(database, found);
      });
      const isRefused = isAboutSchema(code, reason) || (code === FOREIGN_KEY && hasParents);
      return isRefused ? [{ table: table.name, reason }] : [];
    }),
  );
}

/** https://sqlite.org/rescode.html#constraint_foreignkey */
const FOREIGN_KEY = 787;
const GENERAL_ERROR = 1;

/** What SQLite says of values has the same code where it comes from a function. */
const isAboutSchema = (code: number, reason: string): boolean =>
  code === GENERAL_ERROR && !/malformed JSON|integer overflow/.test(reason);

async function withContents<Result>(
  schema: Schema,
  contents: Contents,
  work: (database: DatabaseSync) => Result,
): Promise<Result> {
  const database = await openMemoryDatabase();
  try {
    const entries = objectEntries(schema);
    createObjects(
      database,
      entries.filter(({ type }) => type === 'table'),
    );
    database.exec('PRAGMA foreign_keys = OFF');
    for (const table of tablesWithRows(schema))
      for (const row of contents.get(foldName(table.name)) ?? []) tryRun(database, insert(table, row));
    createObjects(database, entries);
    database.exec('PRAGMA foreign_keys = ON');
    return work(database);
  } finally {
    database.close();
  }
}

/** A search index over the rows of another table has its own from triggers. */
export const isFilledFromOthers = ({ storage, sql }: Table, tokenize: Tokenize): boolean =>
  storage === 'virtual' && contentTable(sql, tokenize) !== undefined;

const insert = (table: Table, row: ContentRow): string =>
  `INSERT INTO ${quoteIdentifier(table.name)} (${storedColumns(table).map(quoteIdentifier).join(', ')}) VALUES (${row.join(', ')})`;

/** The first row that the table takes: the usual values, then those that its checks take, then others for what they name. */
function findRow(
  database: DatabaseSync,
  schema: Schema,
  table: Table,
  row: number,
  tokenize: Tokenize,
): { readonly sql: string } | Refused {
  const columns = storedColumns(table);
  const own = columns.map((name) => [foldName(name), usualOf(table, name, row)] as const);
  const sqlOf = (values: ReadonlyMap<string, string>) =>
    insert(
      table,
      columns.map((name) => values.get(foldName(name)) ?? 'NULL'),
    );
  const spreads = table.foreignKeys.length > 1 ? SPREADS : SPREADS.slice(0, 1);
  const references = spreads.map((spread) =>
    table.foreignKeys.flatMap((key, index) =>
      referenceTo(database, schema, table, key, { row, shift: spread * index }),
    ),
  );
  let first: Refused | undefined;
  for (const keys of references) {
    const sql = sqlOf(new Map([...own, ...keys]));
    const refused = tryRun(database, sql);
    if (refused === undefined) return { sql };
    first ??= refused;
  }

  const checks = checksOf(table, tokenize);
  const fitting = [...own, ...fittingValues(database, table, checks, row)];
  const checked = new Set(checks.flatMap(({ columns }) => columns));
  for (const keys of references) {
    let attempts = 0;
    for (const change of combinations([...checked], otherValues(checks, row))) {
      attempts += 1;
      if (attempts > MAX_ATTEMPTS) break;
      const sql = sqlOf(new Map([...fitting, ...keys, ...change]));
      const refused = tryRun(database, sql);
      if (refused === undefined) return { sql };
    }
  }
  return first ?? { reason: '', code: 0 };
}

function usualOf(table: Table, name: string, row: number): string {
  const column = columnOf(table, name);
  return column === undefined ? 'NULL' : usualValue(column, row);
}

/** None first, then one column alone, then all, then two together. */
function* combinations(
  columns: readonly string[],
  values: readonly string[],
): Generator<readonly (readonly [string, string])[], void> {
  const names = columns.map(foldName);
  yield [];
  for (const name of names) for (const value of values) yield [[name, value]];
  // Several columns with checks of their own need a value each: those are mostly the first literals.
  for (let shift = 0; shift < values.length; shift += 1) {
    yield names.map((name, index) => [name, values[(index + shift) % values.length] ?? 'NULL'] as const);
    yield names.map((name) => [name, values[shift] ?? 'NULL'] as const);
  }
  for (const [index, one] of names.entries()) {
    for (const other of names.slice(index + 1)) {
      for (const a of values)
        for (const b of values)
          yield [
            [one, a],
            [other, b],
          ];
    }
  }
}

/** The key of a row that the parent has; of the row itself where a table references itself. */
function referenceTo(
  database: DatabaseSync,
  schema: Schema,
  table: Table,
  { columns, parent, parentColumns }: ForeignKey,
  { row, shift }: { readonly row: number; readonly shift: number },
): readonly (readonly [string, string])[] {
  const parentTable = schema.table(parent);
  const keys = parentColumns ?? (parentTable === undefined ? [] : primaryKeyOf(parentTable));
  const pairs = columns.map((column, index) => [foldName(column), keys[index] ?? 'rowid'] as const);
  if (sameName(parent, table.name)) {
    return pairs.map(([column, key]) => [column, usualOf(table, key, row)]);
  }
  const list = pairs.map(([, key], index) => `quote(${quoteIdentifier(key)}) AS v${index}`).join(', ');
  try {
    const rows = database
      .prepare(`SELECT ${list} FROM ${quoteIdentifier(parent)} ORDER BY 1 LIMIT ?`)
      .all(ROWS);
    const found = shift === 0 ? rows[row] : rows.at((row + shift) % rows.length);
    return pairs.map(([column], index) => [column, String(found?.[`v${index}`] ?? 'NULL')]);
  } catch {
    return pairs.map(([column]) => [column, 'NULL']);
  }
}

/** Triggers of other tables may have given it some. */
const hasRows = (database: DatabaseSync, { name }: Table): boolean =>
  database.prepare(`SELECT 1 FROM ${quoteIdentifier(name)} LIMIT 1`).get() !== undefined;

/** Why SQLite does not take a row: its words, and its extended code. */
interface Refused {
  readonly reason: string;
  readonly code: number;
}

function tryRun(database: DatabaseSync, sql: string): Refused | undefined {
  try {
    database.exec(sql);
    return undefined;
  } catch (error) {
    // Not by `instanceof`: in a test runner SQLite's errors come from another realm.
    const said: object = typeof error === 'object' && error !== null ? error : {};
    return {
      reason: 'message' in said ? String(said.message) : String(error),
      code: 'errcode' in said ? Number(said.errcode) : 0,
    };
  }
}
