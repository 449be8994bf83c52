import { rm } from 'node:fs/promises';
import { copyDatabase } from 'd1-core/database';
import {
  type AnalysedMigration,
  type AnalysedStatement,
  beginTrace,
  judge,
  type Judgement,
  type Loss,
  type LossExample,
  placeLosses,
  type Places,
  type TableTrace,
  traceAfter,
  triggersOf,
} from 'd1-core/loss';
import { openDatabaseFile, readSchema, type Schema } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import { compareContents, listTables, openBeside, type TableComparison } from 'd1-core/witness';

/** What is lost by a migration, and the statement that it went with. */
export interface PlacedLoss extends Loss {
  /** Where the statement begins in the file, from 1; undefined where running it again does not show the loss. */
  readonly line: number | undefined;
  /** Its first line. */
  readonly statement: string | undefined;
  /** The file that it is in. */
  readonly migration: string;
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
  const { names, columns } = traceAfter(trace, [migration]);
  const pairs = tables.map((table) => {
    const now = names.get(table);
    const found = now !== undefined && there.has(foldName(now));
    return { before: table, after: found ? now : undefined, renamed: columns.get(table) };
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
    return placeLosses(database, migration, losses, trace);
  } finally {
    database.close();
    await removeDatabase(scratch);
  }
}

/** Removes a database file and what SQLite keeps beside it. */
export async function removeDatabase(file: string): Promise<void> {
  for (const part of ['', '-wal', '-shm', '-journal']) await rm(`${file}${part}`, { force: true });
}
