import { hasLocalDatabases, type D1 } from 'd1-core/database';
import { EMPTY_STATE, readDatabaseState, requireWhole, type DatabaseState } from 'd1-core/history';
import { folderFindings, type FolderFinding, type MigrationFile } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, localDatabase, openTarget, type Target } from 'd1-core/target';
import { acceptedNames } from './accepted.ts';
import { checksumsOfFiles } from './checksums-of.ts';
import { compareMigrations, isConsistent, type ChecksumsOf, type MigrationStatus } from './compare.ts';
import { findNotTaken, listTargetMigrations } from './migration-files.ts';

/** Where one database stands. */
export interface DatabaseStatus {
  readonly target: Target;
  readonly migrations: readonly MigrationStatus[];
  /** What is wrong with the folder's names and numbers, whatever is applied. */
  readonly findings: readonly FolderFinding[];
  readonly pending: number;
  /** No migration is modified, missing, unknown, out of order, renamed or has a number twice. */
  readonly consistent: boolean;
  /** Wrangler applies every file that looks like a migration; one that it does not is among the findings. */
  readonly allTaken: boolean;
}

/** Everything that was read to tell where a database stands. */
export interface Survey extends DatabaseStatus {
  readonly files: readonly MigrationFile[];
  readonly state: DatabaseState;
  readonly checksumsOf: ChecksumsOf;
}

/** Tells where a database stands. Writes nothing. */
export const readStatus = (target: Target): Promise<DatabaseStatus> => readSurvey(target);

/** The same, with everything that was read for it. */
export async function readSurvey(target: Target): Promise<Survey> {
  const d1 = openTarget(target);
  try {
    return await survey(target, d1);
  } finally {
    await d1.close();
  }
}

/**
 * Reads the folder and the database, and sets them against each other. Refuses a database of another environment,
 * and one in which a restore broke off. `files` are those that were read before; by default the folder is read.
 */
export async function survey(
  target: Target,
  d1: D1,
  files: readonly MigrationFile[] = listTargetMigrations(target),
): Promise<Survey> {
  const [state, tokenize] = await Promise.all([
    isUntouched(target)
      ? EMPTY_STATE
      : retryRead(() => readDatabaseState(d1, target.database.migrationsTable)),
    loadTokenizer(),
  ]);
  checkTargetStamp(target, state.stamp);
  requireWhole(state.restoring);
  const checksumsOf = checksumsOfFiles(files, tokenize);
  const accepted = acceptedNames(files, target.startAfter);
  const migrations = compareMigrations(files, state, checksumsOf, accepted);
  const notTaken = findNotTaken(target);
  return {
    target,
    files,
    state,
    checksumsOf,
    migrations,
    findings: [
      ...folderFindings(files).filter((finding) => !finding.files.every((name) => accepted.has(name))),
      ...notTaken,
    ],
    pending: migrations.filter((migration) => migration.state === 'pending').length,
    consistent: migrations.every(isConsistent),
    allTaken: notTaken.length === 0,
  };
}

/** The files of what is pending, in the order in which they run. */
export function pendingFiles({ files, migrations }: Survey): readonly MigrationFile[] {
  const names = new Set(migrations.filter(({ state }) => state === 'pending').map(({ name }) => name));
  return files.filter(({ name }) => names.has(name));
}

/** A local database that is not there yet is not made by asking for it. */
const isUntouched = (target: Target): boolean =>
  target.environment.location === 'local' && !hasLocalDatabases(localDatabase(target));
