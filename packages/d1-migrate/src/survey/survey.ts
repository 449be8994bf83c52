import { createHash } from 'node:crypto';
import { type D1, hasLocalDatabases, readBookmark } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import {
  type FolderFinding,
  folderFindings,
  folderOptions,
  isAfter,
  listMigrations,
  type ListMigrationsOptions,
  type MigrationFile,
  notTakenFindings,
  readMigration,
  requireTaken,
} from 'd1-core/migrations';
import {
  type DatabaseState,
  EMPTY_STATE,
  isOurTable,
  readDatabaseState,
  requireWhole,
} from 'd1-core/records';
import { style } from 'd1-core/report';
import { retryRead } from 'd1-core/run';
import { type Schema, schemaOf } from 'd1-core/schema';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import { checkTargetStamp, localDatabase, openTarget, type Target, remoteDatabase } from 'd1-core/target';
import { type ChecksumsOf, compareMigrations, isConsistent, type MigrationStatus } from './compare.ts';

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

/** The schema that a survey has found, without the tables of the tools. Asks the database nothing. */
export const surveySchema = ({ state, target }: Survey): Promise<Schema> =>
  schemaOf(state.catalog.filter(({ table }) => !isOurTable(table, target.database.migrationsTable)));

/**
 * The migrations whose numbers and names are taken as they are: those up to `startAfter`. An old history cannot be
 * renamed any more, because the names are in databases.
 */
function acceptedNames(files: readonly MigrationFile[], startAfter: string | undefined): ReadonlySet<string> {
  if (startAfter === undefined) return new Set();
  const isJudged = isAfter(startAfter, files);
  return new Set(files.filter((file) => !isJudged(file)).map(({ name }) => name));
}

/** The checksums of a folder's files, each computed when it is first asked for. */
function checksumsOfFiles(files: readonly MigrationFile[], tokenize: Tokenize): ChecksumsOf {
  const migrations = new Map(files.map((file) => [file.name, readMigration(file)]));
  return (name) => {
    const migration = migrations.get(name);
    if (migration === undefined) throw new RangeError(`${name} is not in the folder`);
    return migration.checksums(tokenize);
  };
}

/** The migrations of a target's database, exactly those that its wrangler would apply, in that order. */
export const listTargetMigrations = (target: Target): readonly MigrationFile[] =>
  listMigrations(folderOf(target));

/** The same, where none may be missing. Throws D1Error `not-taken` for a file that wrangler would not apply. */
export function listAllMigrations(target: Target): readonly MigrationFile[] {
  const files = listTargetMigrations(target);
  requireTaken(findNotTaken(target));
  return files;
}

/**
 * What looks like a migration in the folder of a target's database, and what its wrangler would not apply. A file that another
 * database of the Worker takes, by another pattern on the same folder, is that one's.
 */
function findNotTaken(target: Target): readonly FolderFinding[] {
  const { migrationsDir, migrationsPattern } = target.database;
  const others = target.environment.databases.filter(
    (one) => one.migrationsDir === migrationsDir && one.migrationsPattern !== migrationsPattern,
  );
  const theirs = new Set(
    others.flatMap((database) => listMigrations(folderOf({ ...target, database })).map(({ name }) => name)),
  );
  return notTakenFindings(folderOf(target)).filter(({ files }) => !files.every((name) => theirs.has(name)));
}

const folderOf = ({ environment: { configFile }, database, wrangler }: Target): ListMigrationsOptions =>
  folderOptions({ ...database, configFile }, wrangler.version);

/**
 * Remembers what is about to be shown and approved: the function that it returns throws D1Error `changed-meanwhile` when something
 * else is there by then.
 */
export function rememberFiles(
  { target, files, checksumsOf }: Survey,
  pending: readonly MigrationFile[],
): () => void {
  const names = files.map(({ name }) => name);
  const checksums = new Map(pending.map(({ name }) => [name, checksumsOf(name).raw]));
  return () => {
    const now = listTargetMigrations(target);
    const changed = now.find((file, index) => {
      const checksum = checksums.get(file.name);
      return file.name !== names[index] || (checksum !== undefined && checksum !== rawChecksum(file));
    });
    const name = changed?.name ?? names[now.length];
    if (name !== undefined) {
      throw changedMeanwhile(`${name} is not as it was when the migrations were read, a moment ago.`);
    }
  };
}

const rawChecksum = (file: MigrationFile): string =>
  createHash('sha256').update(readMigration(file).bytes).digest('hex');

/** Something else is pending than what was read. */
export const changedMeanwhile = (message: string, notes: readonly string[] = []): D1Error =>
  new D1Error({
    code: 'changed-meanwhile',
    message,
    fix: 'Run it again: it shows what is pending now.',
    notes: ['Nothing was applied.', ...notes],
  });

/** Milliseconds: a small question, which is soon asked again. */
const TIMEOUT = 10_000;

/** The Time Travel bookmark of a remote database as it is now. */
export const takeBookmark = (target: Target): Promise<string> =>
  retryRead(() => readBookmark(remoteDatabase(target, TIMEOUT)));

/** The command with which Time Travel goes back to a bookmark. */
export const restoreCommand = ({ environment, database }: Target, bookmark: string): string =>
  `npx wrangler d1 time-travel restore ${database.binding} --env=${environment.wranglerEnv} --bookmark=${bookmark}`;

/** The way back, shown before a remote database is changed. */
export function describeBookmark(target: Target, bookmark: string): readonly string[] {
  return [
    '',
    `Bookmark before this run: ${bookmark}`,
    style.dim(`  ${restoreCommand(target, bookmark)} goes back to it, and loses every write since.`),
  ];
}
