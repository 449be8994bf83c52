import { copyToShadow, openShadowD1, type D1 } from 'd1-core/database';
import { D1Error, isD1Error, type SourceLocation } from 'd1-core/errors';
import { readDatabaseState } from 'd1-core/records';
import { readMigration, type MigrationFile } from 'd1-core/migrations';
import { loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import { isCommitRefused, loadSplitter } from 'd1-core/wrangler';
import { localDatabase, openTarget, type Target } from 'd1-core/target';
import { locateFailure, type LocatedFailure } from '../explain/index.ts';

interface FailedMigration {
  readonly target: Target;
  readonly file: MigrationFile;
  /** The migrations that are applied, in the order of the history. */
  readonly applied: readonly MigrationFile[];
  /** What wrangler reported. */
  readonly failure: D1Error;
  /** What is in the database now, in words. */
  readonly databaseNow: string;
}

/**
 * Says which migration and which statement failed, by running the migration again on a throw-away database: a copy of
 * a local one, with its data, or for a remote one an empty shadow after the same migrations.
 */
export async function explainFailedMigration(failed: FailedMigration): Promise<D1Error> {
  const { target, file, failure, databaseNow } = failed;
  const isSql = failure.code.startsWith('sql-');
  const other = isSql && target.environment.location === 'local' ? await otherRun(failed) : undefined;
  if (other !== undefined) return changedMeanwhile(failed, other);
  const located = isSql ? await reproduce(failed) : undefined;
  if (located === undefined) return withContext(failure, file, [databaseNow]);
  const { error, location, notes } = located;
  if (error !== undefined) return withContext(error, file, [...notes, databaseNow], location);
  if (target.environment.location === 'remote') {
    const note =
      'The same statements run on an empty database after the same migrations; so it is the rows in this database that they fail on.';
    return withContext(failure, file, [note, databaseNow]);
  }
  if (await runsAsWranglerSplitsIt(failed))
    return changedMeanwhile(failed, 'On a copy of the database as it is now the file runs.');
  const note = `The same statements run on a copy of the database when they are split as SQLite does; wrangler ${target.wrangler.version} splits this file in another way (often at CASE … END or lower-case END in a trigger).`;
  return withContext(failure, file, [note, databaseNow]);
}

async function runsAsWranglerSplitsIt(failed: FailedMigration): Promise<boolean> {
  const split = await loadSplitter(failed.target.wrangler);
  const copy = await openCopy(failed);
  try {
    await copy.batch(split(readMigration(failed.file).text));
    return true;
  } catch (error) {
    if (isD1Error(error)) return false;
    throw error;
  } finally {
    await copy.close();
  }
}

/** What another run has done with a local database meanwhile, or is doing; undefined where it shows nothing of one. */
async function otherRun({ target, file }: FailedMigration): Promise<string | undefined> {
  const d1 = openTarget(target);
  try {
    const { history } = await readDatabaseState(d1, target.database.migrationsTable);
    return history.some(({ name }) => name === file.name) ? 'Another run has applied it since.' : undefined;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return error.code === 'database-busy' ? 'It is writing to the database still.' : undefined;
  } finally {
    await d1.close();
  }
}

/** Two runs at once: what the other one has applied, or is about to, failed here, and was rolled back. */
function changedMeanwhile({ file, failure, databaseNow }: FailedMigration, why: string): D1Error {
  return new D1Error({
    code: 'changed-meanwhile',
    message: `${file.name} was not applied by this run: another process changed the database at the same time.`,
    fix: 'Run it again: nothing is applied twice.',
    location: { file: file.path },
    notes: [
      why,
      // For the lock of another process the engine has the words of a violated foreign key.
      ...(isCommitRefused(failure) ? [] : [`wrangler stopped at: ${failure.message}.`]),
      databaseNow,
    ],
    cause: failure,
  });
}

/** Undefined when the throw-away database cannot be brought to the state that the migration found. */
async function reproduce(failed: FailedMigration): Promise<LocatedFailure | undefined> {
  let copy: D1 | undefined;
  try {
    copy = await openCopy(failed);
    return await locateFailure(copy, failed.file.path, readMigration(failed.file).text);
  } catch (error) {
    if (isD1Error(error)) return undefined;
    throw error;
  } finally {
    await copy?.close();
  }
}

async function openCopy({ target, applied }: FailedMigration): Promise<D1> {
  if (target.environment.location === 'local') return copyToShadow(localDatabase(target));
  const tokenize = await loadTokenizer();
  const shadow = openShadowD1(target.wrangler);
  for (const file of applied) {
    const { text } = readMigration(file);
    await shadow.batch(splitStatements(tokenize(text)).map((statement) => statementText(text, statement)));
  }
  return shadow;
}

function withContext(
  error: D1Error,
  file: MigrationFile,
  notes: readonly string[],
  location: SourceLocation = { file: file.path },
): D1Error {
  return new D1Error({
    code: error.code,
    // What is no error of SQL may have struck before this file was sent.
    message: error.code.startsWith('sql-')
      ? `${file.name} failed: ${error.message}`
      : `The run stopped at ${file.name}: ${error.message}`,
    fix: error.fix,
    exitCode: error.exitCode,
    location,
    notes: [...notes, ...error.notes],
    cause: error,
  });
}
