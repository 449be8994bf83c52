import { D1Error, nearest } from 'd1-core/errors';
import {
  closureRebuild,
  parseTableDefinition,
  printTableDefinition,
  renameTableDefinition,
} from 'd1-core/rebuild';
import {
  affinityOf,
  columnOf,
  EMPTY_VALUE,
  openWorkbench,
  type Schema,
  type SchemaWorkbench,
  type Table,
} from 'd1-core/schema';
import { identifier, identifiers, sameName, type Tokenize } from 'd1-core/sql';
import { editTable, unknownColumn } from './edit-table.ts';
import type { TableEdits } from './read-edits.ts';

/** The statements of a rebuild, without semicolons, in the order in which they run. */
export interface Rebuild {
  readonly table: string;
  /** Other tables that are rebuilt with it, because they reference it. */
  readonly others: readonly string[];
  /** What runs before the new table is made. */
  readonly before: readonly string[];
  /** What makes and fills the new table: the place where an author changes it further. */
  readonly edited: readonly string[];
  readonly after: readonly string[];
  /** Indexes that cannot be made again, because they name a column that is gone, with SQLite's words. */
  readonly leftOut: readonly { readonly sql: string; readonly reason: string }[];
  /** Columns that hold other values afterwards, or are gone; by their old names. */
  readonly changedColumns: readonly string[];
  /** Old names of columns by their new ones, for those that are kept. */
  readonly keptColumns: readonly { readonly before: string; readonly after: string }[];
}

/**
 * Writes the rebuild of a table, with everything that references it: all rows are copied first, children are dropped
 * before parents, and indexes, triggers and views are made again. Throws D1Error when the edits do not fit.
 */
export async function rebuildTable(
  schema: Schema,
  name: string,
  edits: TableEdits,
  tokenize: Tokenize,
): Promise<Rebuild> {
  const bench = await openWorkbench(schema);
  try {
    const table = requireTable(schema, name);
    const renames = edits.renameColumns.map(({ from, to }) => {
      const { columns } = requireTable(bench.schema(), name);
      if (!columns.some((column) => sameName(column.name, from))) {
        throw unknownColumn(
          from,
          columns.map((column) => column.name),
        );
      }
      const sql = `ALTER TABLE ${identifier(table.name)} RENAME COLUMN ${identifier(from)} TO ${identifier(to)}`;
      run(bench, sql);
      return sql;
    });
    return plan(bench, requireTable(bench.schema(), name), table, renames, edits, tokenize);
  } finally {
    bench.close();
  }
}

function plan(
  bench: SchemaWorkbench,
  current: Table,
  original: Table,
  renames: readonly string[],
  edits: TableEdits,
  tokenize: Tokenize,
): Rebuild {
  const schema = bench.schema();
  const definition = parseTableDefinition(current.sql, tokenize);
  if (definition === undefined) throw notOrdinary(current.name);
  const newName = freeName(schema, `new_${current.name}`);
  const create = printTableDefinition(
    renameTableDefinition(editTable(definition, edits, tokenize), newName, tokenize),
  );
  const made = tryCreate(bench, create, newName);
  const copied = made.columns.filter(
    (column) => column.generated === 'no' && columnOf(current, column.name)?.generated === 'no',
  );
  const sources = copied.map((column) => {
    const isFilled = column.notNull && columnOf(current, column.name)?.notNull === false;
    const fill = column.defaultValue ?? EMPTY_VALUE[affinityOf(column.type)];
    const source = identifier(column.name);
    return isFilled && column.primaryKey === 0 ? `coalesce(${source}, ${fill})` : source;
  });
  const copy = `INSERT INTO ${identifier(newName)} (${identifiers(copied.map((column) => column.name))})\nSELECT ${sources.join(', ')}\nFROM ${identifier(current.name)}`;
  const statements = closureRebuild({ schema, table: current, newName, create, copies: [copy], tokenize });
  if (statements === undefined) throw inACircle(current.name);
  const { kept, leftOut } = tryAll(bench, statements, edits.dropColumns.length > 0);

  const first = kept.findIndex((sql) => sql.startsWith(`CREATE TABLE ${identifier(newName)}`));
  const last = kept.indexOf(copy);
  const oldName = (column: string) =>
    edits.renameColumns.find(({ to }) => sameName(to, column))?.from ?? column;
  const keptColumns = copied.map((column) => ({ before: oldName(column.name), after: column.name }));
  return {
    table: original.name,
    others: schema
      .tables()
      .map((table) => table.name)
      .filter((table) => table !== current.name && kept.includes(`DROP TABLE ${identifier(table)}`)),
    before: [...renames, ...kept.slice(0, first)],
    edited: kept.slice(first, last + 1),
    after: kept.slice(last + 1),
    leftOut,
    keptColumns,
    changedColumns: original.columns
      .filter(({ name, generated }) => {
        const now = keptColumns.find(({ before }) => sameName(before, name));
        const column = now && columnOf(made, now.after);
        const was = now && columnOf(current, now.after);
        const isSame = column !== undefined && column.type === was?.type && (was.notNull || !column.notNull);
        return generated === 'no' && !isSame;
      })
      .map(({ name }) => name),
  };
}

/** Makes the new table, looks at it, and takes it away again. */
function tryCreate(bench: SchemaWorkbench, create: string, newName: string): Table {
  let made: Table | undefined;
  bench.attempt([create], (schema) => {
    made = schema.table(newName);
    return false;
  });
  if (made !== undefined) return made;
  run(bench, create); // For SQLite's own words.
  throw notOrdinary(newName);
}

/** Runs the statements in memory. An index that names a dropped column is left out; anything else has to run. */
function tryAll(
  bench: SchemaWorkbench,
  statements: readonly string[],
  mayLeaveOut: boolean,
): { readonly kept: readonly string[]; readonly leftOut: Rebuild['leftOut'] } {
  const kept: string[] = [];
  const leftOut: { sql: string; reason: string }[] = [];
  for (const sql of statements) {
    try {
      run(bench, sql);
      kept.push(sql);
    } catch (error) {
      const isIndex = /^create\s+(unique\s+)?index\b/i.test(sql);
      if (!mayLeaveOut || !isIndex || !(error instanceof D1Error)) throw error;
      leftOut.push({ sql, reason: error.message });
    }
  }
  return { kept, leftOut };
}

function run(bench: SchemaWorkbench, sql: string): void {
  try {
    bench.run(sql);
  } catch (cause) {
    const message =
      typeof cause === 'object' && cause !== null && 'message' in cause
        ? String(cause.message)
        : String(cause);
    throw new D1Error({
      code: 'rebuild-refused',
      message: `The table cannot be rebuilt in this way: ${message}`,
      fix: 'Change the options, or write the migration by hand.',
      notes: [sql],
      cause,
    });
  }
}

function requireTable(schema: Schema, name: string): Table {
  const table = schema.table(name);
  if (table?.storage === 'ordinary') return table;
  if (table !== undefined) throw notOrdinary(table.name);
  const known = schema
    .tables()
    .filter(({ storage }) => storage === 'ordinary')
    .map((one) => one.name);
  const meant = nearest(name, known);
  throw new D1Error({
    code: 'unknown-table',
    message: `The migrations make no table "${name}".`,
    fix:
      meant === undefined
        ? `They make ${known.join(', ') || 'no table at all'}.`
        : `Did you mean ${meant}? They make ${known.join(', ')}.`,
    exitCode: 2,
  });
}

const freeName = (schema: Schema, name: string): string =>
  schema.table(name) === undefined ? name : freeName(schema, `${name}_2`);

const notOrdinary = (name: string): D1Error =>
  new D1Error({
    code: 'not-an-ordinary-table',
    message: `${name} is not an ordinary table: its definition cannot be changed.`,
    fix: 'Drop it and create it again, and fill it from the table that has its rows.',
    exitCode: 2,
  });

const inACircle = (name: string): D1Error =>
  new D1Error({
    code: 'restrict-in-a-circle',
    message: `${name} and the tables that reference it restrict each other in a circle: no order of statements rebuilds them.`,
    fix: 'Take one of the foreign keys with RESTRICT away first, in a migration of its own.',
    exitCode: 2,
  });
