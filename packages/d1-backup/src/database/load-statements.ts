import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { buildDatabase, withoutValues } from 'd1-core/load';

/** What one batch takes at least, if there is as much. */
export interface BatchSize {
  readonly characters: number;
  readonly statements: number;
}

/** Many small statements cost more than one long one. */
const BATCH: BatchSize = { characters: 500_000, statements: 200 };

/**
 * Runs statements in batches, each of which is a transaction. A foreign key may point to a row of a later batch, in a
 * cycle of tables or in a table that points to itself: then the batch is run again together with what follows.
 * Throws D1Error `rows-without-parent`, `restore-failed` with the statement that the engine refuses, and what else keeps a
 * batch from running.
 */
export async function loadStatements(
  d1: D1,
  statements: AsyncIterable<string>,
  size: BatchSize = BATCH,
): Promise<void> {
  let batch: string[] = [];
  let characters = 0;
  /** Doubled each time that a batch must grow, so that all attempts together cost no more than three whole ones. */
  let factor = 1;
  for await (const statement of statements) {
    batch.push(statement);
    characters += statement.length;
    const isFull = characters >= factor * size.characters || batch.length >= factor * size.statements;
    if (!isFull) continue;
    if (await run(d1, batch, { mayGrow: true })) {
      batch = [];
      characters = 0;
      factor = 1;
    } else {
      factor *= 2;
    }
  }
  await run(d1, batch, { mayGrow: false });
}

const DEFER = 'PRAGMA defer_foreign_keys = on';

/** Whether the batch was committed; false when only a foreign key speaks against it. */
async function run(d1: D1, batch: readonly string[], { mayGrow }: { mayGrow: boolean }): Promise<boolean> {
  if (batch.length === 0) return true;
  try {
    await d1.batch([DEFER, ...batch]);
    return true;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    if (mayGrow && isForeignKey(error)) return false;
    if (isForeignKey(error)) throw withoutParent(error);
    if (!error.code.startsWith('sql-')) throw error;
    throw await explain(d1, batch, error);
  }
}

const isForeignKey = ({ code, message }: D1Error): boolean =>
  code === 'sql-constraint' && /foreign key/i.test(message);

const WITHOUT_PARENT = 'rows-without-parent';

const withoutParent = (cause: D1Error): D1Error =>
  new D1Error({
    code: WITHOUT_PARENT,
    message: 'There are rows whose foreign keys point to no row, and D1 takes no such rows.',
    fix: 'Correct these rows in the database, and make a new backup; "PRAGMA foreign_key_check" lists them.',
    cause,
  });

/** Whether statements were refused for rows whose foreign keys point to no row, and for nothing else. */
export const isWithoutParent = (error: unknown): boolean => isD1Error(error) && error.code === WITHOUT_PARENT;

/** Makes a database file of statements that D1 itself refuses for their foreign keys. Nobody may have it open. */
export const buildUnchecked = (file: string, statements: AsyncIterable<string>): Promise<void> =>
  buildDatabase(file, async (database) => {
    for await (const statement of statements) database.exec(statement);
  });

/** Finds the statement by running ever fewer of the batch; each attempt that fails leaves nothing. */
async function explain(d1: D1, batch: readonly string[], error: D1Error): Promise<D1Error> {
  // A remote database takes seconds for each attempt.
  const location = d1.location === 'remote' ? undefined : await firstRefused(d1, batch);
  return new D1Error({
    code: 'restore-failed',
    message: `The SQL of the archive does not run: ${error.message}`,
    fix: `Make a new backup, and report this${location === undefined ? '' : ' with the statement below'}.`,
    notes: location === undefined ? [] : [withoutValues(location)],
    cause: error,
  });
}

async function firstRefused(d1: D1, batch: readonly string[]): Promise<string | undefined> {
  for (const statement of batch) {
    try {
      await d1.batch([DEFER, statement]);
    } catch {
      return statement;
    }
  }
  return undefined;
}
