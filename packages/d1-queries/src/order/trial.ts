import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { messageOf } from 'd1-core/errors';
import {
  affinityOf,
  createObjects,
  objectEntries,
  openMemoryDatabase,
  parentsFirst,
  type Column,
  type Schema,
  type Table,
} from 'd1-core/schema';
import { foldName, quoteIdentifier, sameName, unquote } from 'd1-core/sql';
import type { QueryStatement } from '../check/index.ts';

/** How a writing statement ended with each set of values: undefined for done, or SQLite's message. */
export type Trial = readonly (string | undefined)[];

/** A database in memory with a row in each table, on which statements are run and taken back. */
export interface TrialDatabase {
  /** Undefined for a statement that cannot be run with values that are made up. */
  run(statement: QueryStatement, ways: readonly Values[]): Trial;
  close(): void;
}

type Values = readonly SQLInputValue[];

/**
 * Makes the tables with two rows each, and then runs migrations on them. Where one refuses the rows, it gets one row a table, or none;
 * where it refuses that, too, it is passed over.
 */
export async function openTrial(
  schema: Schema,
  migrations: readonly string[],
  after: Schema,
): Promise<TrialDatabase> {
  for (const kinds of [KINDS, KINDS.slice(0, 1)]) {
    const database = await openMemoryDatabase();
    createObjects(database, objectEntries(schema));
    for (const kind of kinds) seed(database, schema, kind);
    if (migrations.every((sql) => attempt(database, () => database.exec(sql)) === undefined))
      return trialOn(database, after);
    database.close();
  }
  const database = await openMemoryDatabase();
  createObjects(database, objectEntries(schema));
  for (const sql of migrations) attempt(database, () => database.exec(sql));
  return trialOn(database, after);
}

function trialOn(database: DatabaseSync, schema: Schema): TrialDatabase {
  for (const kind of KINDS) seed(database, schema, kind);
  return {
    run: (statement, ways) =>
      ways.map((values) =>
        attempt(
          database,
          () =>
            database
              .prepare(statement.text.slice(statement.statement.start, statement.statement.end))
              .run(...values),
          true,
        ),
      ),
    close: () => database.close(),
  };
}

/** Runs something, and takes it back where it failed, or always. */
function attempt(database: DatabaseSync, action: () => void, isTakenBack = false): string | undefined {
  database.exec('SAVEPOINT trial');
  let message: string | undefined;
  try {
    action();
  } catch (error) {
    message = messageOf(error);
  }
  // Some errors end the whole transaction.
  attemptQuietly(() =>
    database.exec(`${message !== undefined || isTakenBack ? 'ROLLBACK TO trial; ' : ''}RELEASE trial`),
  );
  return message;
}

function attemptQuietly(action: () => void): void {
  try {
    action();
  } catch {
    // There is no savepoint left.
  }
}

/** Values of one row: that of the first, that of the second, and new ones. */
type Kind = 'first' | 'second' | 'fresh';

/** The rows that a table gets. */
const KINDS = ['first', 'second'] as const satisfies readonly Kind[];

/** A row in each table that has fewer, parents first. The same value in all columns of a type makes keys match. */
function seed(database: DatabaseSync, schema: Schema, kind: (typeof KINDS)[number]): void {
  const tables = schema.tables().filter(({ storage }) => storage === 'ordinary');
  for (const table of parentsFirst(schema, tables)) {
    const columns = table.columns.filter(({ generated }) => generated === 'no');
    const name = quoteIdentifier(table.name);
    const insert = `INSERT INTO ${name} (${columns.map((column) => quoteIdentifier(column.name)).join(', ')}) SELECT ${columns.map(() => '?').join(', ')} WHERE (SELECT count(*) FROM ${name}) < ${KINDS.indexOf(kind) + 1}`;
    const usual = columns.map((column) => valueOf(column, kind));
    const ways = [
      usual,
      ...literalsOf(table).flatMap((literal) => columns.map((_, index) => usual.with(index, literal))),
    ];
    ways
      .slice(0, 200)
      .find((values) => attempt(database, () => database.prepare(insert).run(...values)) === undefined);
  }
}

/** Texts in the definition of a table, and the numbers in it and beside them: what its checks take is often among them. */
const literalsOf = ({ sql }: Table): readonly SQLInputValue[] => [
  ...new Set<SQLInputValue>([
    ...[...sql.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'")),
    ...[...sql.matchAll(/(?<![\w'])\d{1,9}(?![\w'])/g)].flatMap(([text]) => {
      const number = Number(text);
      // A text of so many characters: checks are about its length.
      return [number, number + 1, number - 1, 'a'.repeat(Math.min(number + 1, 1000))];
    }),
  ]),
];

function valueOf({ type }: Pick<Column, 'type'>, kind: Kind): SQLInputValue {
  const number = { first: 1, second: 2, fresh: 3 }[kind];
  switch (affinityOf(type)) {
    case 'INTEGER':
    case 'NUMERIC':
      return number;
    case 'REAL':
      return number + 0.5;
    case 'BLOB':
      return new Uint8Array([number]);
    default:
      return { first: 'a', second: 'b', fresh: 'c' }[kind];
  }
}

const WRITES = /^(insert|replace|update|delete|with)$/i;

/**
 * Values for the parameters of a statement that writes: all new ones; and the same as one of the rows that are there, where nothing
 * has to be different. None for a statement that only reads, or whose parameters have names.
 */
export function waysToRun({ tokens, tree }: QueryStatement, schema: Schema): readonly Values[] {
  if (!WRITES.test(tokens[0]?.text ?? '') || tree?.is('SelectStmt') === true) return [];
  const parameters = tokens.flatMap((token, index) =>
    token.kind === 'parameter' ? [{ text: token.text, index }] : [],
  );
  if (parameters.some(({ text }) => !/^\?\d*$/.test(text))) return [];
  const table = tableOf(tokens, schema);
  const columns = insertColumns(tokens, table);
  const given = new Map<number, { readonly column: Column | undefined; readonly isWritten: boolean }>();
  let next = 1;
  for (const { text, index } of parameters) {
    const number = text === '?' ? next : Number(text.slice(1));
    next = Math.max(next, number + 1);
    if (!given.has(number)) given.set(number, columns.get(index) ?? comparedColumn(tokens, index, table));
  }
  const numbers = Array.from({ length: next - 1 }, (_, index) => given.get(index + 1));
  const way = (kind: Kind, isFresh: (column: Column) => boolean): Values =>
    numbers.map((one) => {
      if (one?.column === undefined) return 1;
      const isKey =
        table?.foreignKeys.some((key) =>
          key.columns.some((name) => sameName(name, one.column?.name ?? '')),
        ) === true;
      if (!one.isWritten || isKey) return valueOf(one.column, 'first');
      return valueOf(one.column, isFresh(one.column) ? 'fresh' : kind);
    });
  const unique = new Set(
    (table === undefined ? [] : schema.indexesOf(table.name)).flatMap((index) =>
      index.unique ? index.columns.map((name) => foldName(name ?? '')) : [],
    ),
  );
  const hasToDiffer = (column: Column) => column.primaryKey > 0 || unique.has(foldName(column.name));
  return [way('fresh', () => true), ...KINDS.map((kind) => way(kind, hasToDiffer))];
}

type Tokens = QueryStatement['tokens'];

/** The table that is written: the name after INTO, UPDATE or FROM. */
function tableOf(tokens: Tokens, schema: Schema): Table | undefined {
  const at = tokens.findIndex(({ text }) => /^(into|update|from)$/i.test(text));
  const names = tokens.slice(at + 1, at + 4).map(({ text }) => schema.table(unquote(text)));
  return names.find((table) => table !== undefined);
}

interface Role {
  readonly column: Column | undefined;
  readonly isWritten: boolean;
}

/** Which column each parameter of VALUES is for, by the index of its token. */
function insertColumns(tokens: Tokens, table: Table | undefined): ReadonlyMap<number, Role> {
  const found = new Map<number, Role>();
  const values = tokens.findIndex(({ text }) => /^values$/i.test(text));
  if (values === -1 || table === undefined) return found;
  const open = tokens.findIndex(({ text }, index) => text === '(' && index < values);
  const names =
    open === -1
      ? table.columns.map(({ name }) => name)
      : tokens.slice(open + 1, values - 1).flatMap(({ text }) => (text === ',' ? [] : [unquote(text)]));
  let depth = 0;
  let column = 0;
  for (const [index, { text, kind }] of tokens.entries()) {
    if (index <= values) continue;
    if (/^(on|returning)$/i.test(text) && depth === 0) break;
    if (text === '(') {
      depth += 1;
      if (depth === 1) column = 0;
    } else if (text === ')') depth -= 1;
    else if (text === ',' && depth === 1) column += 1;
    else if (kind === 'parameter') {
      const name = names[column] ?? '';
      found.set(index, { column: table.columns.find((one) => sameName(one.name, name)), isWritten: true });
    }
  }
  return found;
}

/** `column = ?`, `column IN (?`. What stands before WHERE is written. */
function comparedColumn(tokens: Tokens, index: number, table: Table | undefined): Role {
  const before = tokens.slice(Math.max(0, index - 4), index).reverse();
  const named = before.find(({ text }) => table?.columns.some(({ name }) => sameName(name, unquote(text))));
  const where = tokens.findIndex(({ text }) => /^where$/i.test(text));
  const isSet = tokens.slice(0, index).some(({ text }) => /^set$/i.test(text));
  return {
    column: table?.columns.find(({ name }) => sameName(name, unquote(named?.text ?? ''))),
    isWritten: isSet && (where === -1 || index < where),
  };
}
