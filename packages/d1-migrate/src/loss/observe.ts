import { rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { copyDatabase } from 'd1-core/database';
import { openDatabaseFile, readSchema, type Schema } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import {
  compareContents,
  compareTable,
  examplesOf,
  listTables,
  openBeside,
  type Example,
  type TableComparison,
} from 'd1-core/witness';
import { triggersOf, type AnalysedMigration, type AnalysedStatement } from './analyse.ts';
import { judge, type Judgement } from './judge.ts';
import type { Loss } from './losses.ts';
import { beginTrace, follow, type TableTrace } from './table-trace.ts';

/** What is lost by a migration, and the statement that it went with. */
export interface PlacedLoss extends Loss {
  /** Where the statement begins in the file, from 1; undefined where running it again does not show the loss. */
  readonly line: number | undefined;
  /** Its first line. */
  readonly statement: string | undefined;
  /** The file that it is in. */
  readonly migration: string;
}

/** A few of the rows and cells that are lost, with values: for the terminal alone. */
export interface LossExample extends Example {
  readonly table: string;
}

export interface Observation extends Omit<Judgement, 'losses'> {
  readonly losses: readonly PlacedLoss[];
  readonly comparisons: readonly TableComparison[];
  readonly examples: readonly LossExample[];
}

/**
 * Compares a database file with the one of before a migration, which must hold the same tables as when it began. Where
 * something is lost, runs the migration once more on a copy of before, statement by statement, to see where.
 */
export async function observe(
  before: string,
  after: string,
  migration: AnalysedMigration,
  isHidden: (table: string) => boolean,
  onTable?: (fraction: number) => void,
): Promise<Observation> {
  const { schema, tables } = await readTables(before, isHidden);
  const there = new Set((await readTables(after, isHidden)).tables.map(foldName));
  const trace = beginTrace(tables);
  const { names } = traceAfter(trace, [migration]);
  const pairs = tables.map((table) => {
    const now = names.get(table);
    return { before: table, after: now !== undefined && there.has(foldName(now)) ? now : undefined };
  });
  const comparisons = await compareContents(before, after, pairs, onTable);
  const { losses, intended } = judge(migration, comparisons, schema, await triggersOf(schema), trace);
  const { places, examples } =
    losses.length === 0
      ? { places: new Map<Loss, AnalysedStatement>(), examples: [] }
      : await runAgain(before, migration, losses, trace);
  return {
    losses: losses.map((loss) => {
      const place = places.get(loss);
      const statement = place?.text.split('\n', 1)[0];
      return { ...loss, migration: migration.file.name, line: place?.line, statement };
    }),
    intended,
    comparisons,
    examples,
  };
}

/**
 * What several migrations have lost together, each seen by itself: they are run on `scratch`, a copy of the database of
 * before, one after the other. `after` is what they have made of the real one. Throws what SQLite throws where it refuses
 * what D1 has run.
 */
export async function observeAll(
  scratch: string,
  after: string,
  migrations: readonly AnalysedMigration[],
  isHidden: (table: string) => boolean,
): Promise<Pick<Observation, 'losses' | 'examples'>> {
  const before = `${scratch}.before`;
  const found: Pick<Observation, 'losses' | 'examples'>[] = [];
  for (const [index, migration] of migrations.entries()) {
    await copyDatabase(scratch, before);
    try {
      const isLast = index === migrations.length - 1;
      if (!isLast) await apply(scratch, migration);
      found.push(await observe(before, isLast ? after : scratch, migration, isHidden));
    } finally {
      await removeDatabase(before);
    }
  }
  return {
    losses: found.flatMap(({ losses }) => losses),
    examples: found.flatMap(({ examples }) => examples),
  };
}

async function apply(file: string, { statements }: AnalysedMigration): Promise<void> {
  const database = await openDatabaseFile(file);
  try {
    database.exec('BEGIN');
    for (const { text } of statements) database.exec(text);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/**
 * Whether migrations can change or remove rows that are there before them. What only makes new things cannot, nor what
 * fills a table that they have made, as long as they make no trigger.
 */
export function mayTouchRows(migrations: readonly AnalysedMigration[]): boolean {
  const effects = migrations.flatMap(({ statements }) => statements).map(({ effect }) => effect);
  const isWatched = effects.some(({ kind }) => kind === 'watches');
  const made = new Set<string>();
  return effects.some((effect) => {
    if (effect.kind === 'creates') made.add(foldName(effect.table));
    if (effect.kind === 'writes') return isWatched || !made.has(foldName(effect.table));
    return effect.kind !== 'creates' && effect.kind !== 'watches' && effect.kind !== 'none';
  });
}

async function readTables(
  file: string,
  isHidden: (table: string) => boolean,
): Promise<{ readonly schema: Schema; readonly tables: readonly string[] }> {
  const database = await openDatabaseFile(file);
  try {
    const batch = async (statements: readonly string[]) =>
      statements.map((sql) => database.prepare(sql).all());
    return { schema: await readSchema({ batch }, isHidden), tables: listTables(database, isHidden) };
  } finally {
    database.close();
  }
}

/** Where the tables of before are found after migrations. */
export const traceAfter = (before: TableTrace, migrations: readonly AnalysedMigration[]): TableTrace =>
  migrations
    .flatMap(({ statements }) => statements)
    .reduce((trace, { effect }) => follow(trace, effect), before);

interface Places {
  /** The first statement after which as much is lost as in the end. */
  readonly places: ReadonlyMap<Loss, AnalysedStatement>;
  readonly examples: readonly LossExample[];
}

async function runAgain(
  before: string,
  migration: AnalysedMigration,
  losses: readonly Loss[],
  trace: TableTrace,
): Promise<Places> {
  const scratch = `${before}.again`;
  await copyDatabase(before, scratch);
  const database = await openBeside(before, scratch);
  try {
    return watch(database, migration, losses, trace);
  } finally {
    database.close();
    await removeDatabase(scratch);
  }
}

/** Removes a database file and what SQLite keeps beside it. */
export async function removeDatabase(file: string): Promise<void> {
  for (const part of ['', '-wal', '-shm', '-journal']) await rm(`${file}${part}`, { force: true });
}

function watch(
  database: DatabaseSync,
  { statements }: AnalysedMigration,
  losses: readonly Loss[],
  before: TableTrace,
): Places {
  const places = new Map<Loss, AnalysedStatement>();
  let trace = before;
  const look = (statement: AnalysedStatement) => {
    const open = losses.filter((loss) => !places.has(loss));
    for (const [table, some] of Map.groupBy(open, (loss) => loss.table)) {
      const comparison = compareTable(database, { before: table, after: present(database, trace, table) });
      for (const loss of some) if (isThere(loss, comparison)) places.set(loss, statement);
    }
  };
  database.exec('BEGIN');
  // With many statements every step is as long as there are steps, and only the one that shows the loss is looked through.
  const stride = Math.ceil(Math.sqrt(statements.length));
  for (let from = 0; from < statements.length; from += stride) {
    const some = statements.slice(from, from + stride);
    const start = trace;
    database.exec('SAVEPOINT stride');
    for (const statement of some) {
      if (!run(database, statement)) return { places, examples: [] };
      trace = follow(trace, statement.effect);
    }
    const known = new Set(places.keys());
    const last = some.at(-1);
    if (last !== undefined) look(last);
    const found = [...places.keys()].filter((loss) => !known.has(loss));
    if (found.length > 0) {
      for (const loss of found) places.delete(loss);
      database.exec('ROLLBACK TO stride');
      trace = start;
      for (const statement of some) {
        run(database, statement);
        trace = follow(trace, statement.effect);
        look(statement);
      }
    }
    database.exec('RELEASE stride');
  }
  const tables = [...new Set(losses.map(({ table }) => table))];
  const examples = tables.flatMap((table) => {
    const comparison = compareTable(database, { before: table, after: present(database, trace, table) });
    return examplesOf(database, comparison)
      .filter(({ column }) =>
        losses.some((loss) => loss.table === table && loss.what !== 'twice' && loss.column === column),
      )
      .map((example) => ({ ...example, table }));
  });
  return { places, examples };
}

/** False where this engine refuses what D1 has run: then the place is not known. */
function run(database: DatabaseSync, { text }: AnalysedStatement): boolean {
  try {
    database.exec(text);
    return true;
  } catch {
    return false;
  }
}

function present(database: DatabaseSync, trace: TableTrace, table: string): string | undefined {
  const now = trace.names.get(table);
  if (now === undefined) return undefined;
  const found = database
    .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
    .all()
    .some(({ name }) => foldName(String(name)) === foldName(now));
  return found ? now : undefined;
}

/** Whether a table has lost as much of a thing as in the end; where it is gone, all of it. */
function isThere(loss: Loss, { table, lost, repeated, changes }: TableComparison): boolean {
  switch (loss.what) {
    case 'rows':
    case 'unplanned':
      return lost >= loss.count;
    case 'twice':
      return table.after === undefined || repeated >= loss.count;
    case 'values': {
      const change = changes.find(({ column }) => column === loss.column);
      return table.after === undefined || lost + (change?.lost ?? 0) >= loss.count;
    }
  }
}
