import { setTimeout as wait } from 'node:timers/promises';
import { executeScript, readBookmark, type D1, type RemoteDatabase } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  advanceRestoreStatement,
  endRestoreStatement,
  hasTakenLock,
  heldLock,
  holdsLock,
  isRestoredTo,
  journalStatements,
  lostLock,
  METADATA_TABLE,
  readDatabaseState,
  readLockStatement,
  readRestoreMarkStatement,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  requireStatement,
  restoreMarkOf,
  stampStatements,
  takeLockStatements,
  underLock,
  writeRestoreMarkStatements,
  type Lock,
  type RestoreMark,
} from 'd1-core/records';
import { plural } from 'd1-core/report';
import { lockOwner, releaseLock, retryRead, runIf, takeLock, type RunIdentity } from 'd1-core/run';
import { foldName } from 'd1-core/sql';
import { checkTargetStamp, openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { loadStatements, readCatalog, rowWords, schemaDigest, type Catalog } from '../database/index.ts';
import type { RowWithoutParent } from '../format/index.ts';
import { compareRestored } from './compare.ts';
import {
  restoreEntry,
  withNotes,
  type DatabaseRestore,
  type RestoredArchive,
  type RestoredDatabase,
} from './database-restore.ts';
import { dropStatements } from './empty-database.ts';

/**
 * Seconds. It is taken again with each piece: a run that dies keeps others away from half a database for so long, and
 * from one that it has not touched no longer than another run would.
 */
const LOCK_SECONDS = 3600;
const FIRST_LOCK_SECONDS = 900;

/** What one import takes. Each is a run of wrangler and some requests, two or three seconds whatever is in it. */
const PIECE = { characters: 8_000_000, statements: 20_000 };

/** Milliseconds for one piece. */
const PIECE_TIMEOUT = 600_000;

/** Milliseconds before a piece is sent again. */
const WAITS = [1_000, 4_000, 10_000];

/**
 * Empties a remote database and loads the one of an archive, in pieces. Each piece is one transaction with a mark that
 * says how far it is, so that a restore that broke off goes on where it was, and none is done twice.
 */
export async function restoreRemote(restore: DatabaseRestore, resume: boolean): Promise<RestoredDatabase> {
  const { target, contents, onUndo } = restore;
  const [row] = restore.archive.rowsWithoutParent;
  if (row !== undefined) throw withoutParent(row, restore.archive);
  // All of them are looked at before the first write.
  for await (const statement of restore.statements.read()) void statement;
  const identity = await restore.identify();
  const d1 = openTarget(target);
  try {
    const before = contents.state.restoring;
    const begun =
      resume && before !== undefined
        ? await takeOver(d1, identity, before, restore)
        : await begin(d1, identity, restore);
    onUndo({ kind: 'bookmark', bookmark: begun.mark.bookmark });
    return await load(d1, identity, begun, restore);
  } finally {
    await d1.close();
  }
}

const withoutParent = (row: RowWithoutParent, { name, rowsWithoutParent }: RestoredArchive): D1Error =>
  new D1Error({
    code: 'rows-without-parent',
    message: `${name} has ${plural(rowsWithoutParent.length, 'row')} whose foreign keys point to no row, and D1 takes no such rows: ${rowWords(row)}.`,
    fix: 'Restore it into a local environment, correct the rows there, back that up, and restore the new archive here.',
    notes: [UNCHANGED, ...rowsWithoutParent.slice(1, SHOWN).map(rowWords)],
  });

/** Rows that an error names. */
const SHOWN = 10;

/** A restore that this run works on. */
interface BegunRestore {
  readonly mark: RestoreMark;
  readonly lock: Lock;
}

/** Empties the database. */
async function begin(d1: D1, identity: RunIdentity, restore: DatabaseRestore): Promise<BegunRestore> {
  const { target, archive } = restore;
  const lock = await takeLock(d1, identity, FIRST_LOCK_SECONDS);
  const { catalog, bookmark } = await lookAgain(d1, restore).catch(async (error: unknown) => {
    await releaseLock(d1, identity).catch(() => undefined); // It ends by itself.
    throw withNotes(error, [UNCHANGED]);
  });
  const mark = { archive: archive.id, run: identity.run, bookmark, done: 0 };
  try {
    await executeScript(d1, remoteDatabase(target, PIECE_TIMEOUT), [
      'PRAGMA defer_foreign_keys = on',
      ...underLock(lock, LOCK_SECONDS, [...dropStatements(catalog), ...writeRestoreMarkStatements(mark)]),
    ]);
  } catch (error) {
    if (!(await isBegun(d1, identity, target, bookmark, error))) throw withNotes(error, [UNCHANGED]);
  }
  return { mark, lock };
}

const UNCHANGED = 'Nothing was changed.';

/** Right before the first write. */
async function lookAgain(
  d1: D1,
  { target, contents, onBegin }: DatabaseRestore,
): Promise<{ readonly catalog: Catalog; readonly bookmark: string }> {
  const catalog = await retryRead(() => readCatalog(d1));
  requireSame(contents.catalog, catalog);
  // A restore that broke off had the state from before it.
  const bookmark =
    contents.state.restoring?.bookmark ?? (await retryRead(() => readBookmark(remoteDatabase(target))));
  await onBegin(bookmark);
  return { catalog, bookmark };
}

/**
 * Whether the database was emptied, although the call for it failed: the answer may be lost and the work done all the
 * same, or be done later. Without the lock, which is let go here, it cannot be done any more.
 */
async function isBegun(
  d1: D1,
  identity: RunIdentity,
  target: Target,
  bookmark: string,
  error: unknown,
): Promise<boolean> {
  const isOurs = async () => (await readMark(d1))?.run === identity.run;
  try {
    if (await isOurs()) return true;
    await releaseLock(d1, identity);
    if (!(await isOurs())) return false;
  } catch {
    throw withNotes(
      error,
      [
        'It is not known whether the database was emptied. The bookmark from before it, and the way back to it:',
        `  ${goBackCommand(target, bookmark)}`,
      ],
      'Run again with --resume when Cloudflare can be reached: it continues if the restore has begun, and says what is there if not.',
    );
  }
  throw withNotes(error, ['The database was emptied.'], 'Run again with --resume: it goes on from there.');
}

/** Somebody may have changed the schema while the question stood. */
function requireSame(before: Catalog, now: Catalog): void {
  const schemaOf = ({ objects }: Catalog) =>
    schemaDigest(objects.filter(({ name }) => foldName(name) !== METADATA_TABLE));
  if (schemaOf(before) === schemaOf(now)) return;
  throw new D1Error({
    code: 'changed-meanwhile',
    message: 'The schema of the database was changed after it was looked at.',
    fix: 'Look again what would be lost: run it with --dryRun, then once more.',
  });
}

/** Goes on with a restore that broke off, and keeps the run that began it from going on as well. */
async function takeOver(
  d1: D1,
  identity: RunIdentity,
  before: RestoreMark,
  { onBegin }: DatabaseRestore,
): Promise<BegunRestore> {
  await onBegin(before.bookmark);
  const mark = { ...before, run: identity.run };
  const results = await d1.batch([
    requireStatement(isRestoredTo(before.done, before.run)),
    releaseLockStatement(before.run),
    ...takeLockStatements(identity.run, lockOwner(identity), LOCK_SECONDS),
    requireStatement(hasTakenLock(identity.run)),
    ...writeRestoreMarkStatements(mark),
    readLockStatement,
  ]);
  return { mark, lock: requireLock(heldLock(results.at(-1) ?? []), identity.run) };
}

async function load(
  d1: D1,
  identity: RunIdentity,
  { mark, lock }: BegunRestore,
  restore: DatabaseRestore,
): Promise<RestoredDatabase> {
  const { target, statements, onStatements } = restore;
  const marked = markedD1(d1, remoteDatabase(target, PIECE_TIMEOUT), { mark, lock }, onStatements);
  try {
    await loadStatements(marked, skipped(statements.read(), mark.done), PIECE);
    const tables = await compareRestored(d1, statements.expected());
    const { history, stamp } = await retryRead(() => readDatabaseState(d1, target.database.migrationsTable));
    checkTargetStamp(target, stamp);
    const end = [
      ...stampStatements(target.environment.name),
      ...journalStatements([restoreEntry(restore, identity, mark.bookmark)]),
      endRestoreStatement,
      releaseLockStatement(identity.run),
    ];
    await runIf(d1, end, { lock });
    return {
      tables,
      lastMigration: history.at(-1)?.name,
      undo: { kind: 'bookmark', bookmark: mark.bookmark },
    };
  } catch (error) {
    throw withNotes(error, [
      `The database has a part of the archive: ${marked.done()} of its statements.`,
      'Run again with --resume to go on, or go back to the bookmark from before the restore:',
      `  ${goBackCommand(target, mark.bookmark)}`,
    ]);
  }
}

/** What takes a remote database back to a bookmark. */
export const goBackCommand = ({ environment, database }: Target, bookmark: string): string =>
  `npx wrangler d1 time-travel restore ${database.databaseName ?? database.binding} --env=${environment.wranglerEnv} --bookmark=${bookmark}`;

async function readMark(d1: D1): Promise<RestoreMark | undefined> {
  const [rows = []] = await retryRead(() => d1.batch([readRestoreMarkStatement]));
  return restoreMarkOf(rows);
}

/** A remote database whose transactions each say how many statements are done, and are each done once. */
function markedD1(
  d1: D1,
  remote: RemoteDatabase,
  { mark: { run, done: first }, lock }: BegunRestore,
  onDone: (done: number) => void,
): D1 & { readonly done: () => number } {
  let done = first;
  const send = async (statements: readonly string[], next: number) =>
    executeScript(d1, remote, [
      requireStatement(`${isRestoredTo(done, run)} AND ${holdsLock(lock)}`),
      ...statements,
      advanceRestoreStatement(next),
      renewLockStatement(lock, LOCK_SECONDS),
    ]);
  return {
    location: 'remote',
    close: async () => undefined,
    done: () => done,
    async batch(statements) {
      // The first one defers foreign keys, and is none of the archive.
      const next = done + statements.length - 1;
      for (const milliseconds of [...WAITS, undefined]) {
        try {
          await send(statements, next);
        } catch (error) {
          if (!isD1Error(error)) throw error;
          const mark = await readMark(d1);
          if (mark?.run !== run) throw takenOver(error);
          const isDone = mark.done === next;
          if (!isDone && error.message.includes('malformed JSON')) throw lostLock(error);
          if (!isDone && (error.code.startsWith('sql-') || milliseconds === undefined)) throw error;
          if (!isDone) {
            await wait(milliseconds);
            continue;
          }
        }
        done = next;
        onDone(done);
        return [];
      }
      return [];
    },
  };
}

async function* skipped(statements: AsyncIterable<string>, count: number): AsyncGenerator<string> {
  let left = count;
  for await (const statement of statements) {
    if (left > 0) left -= 1;
    else yield statement;
  }
}

const takenOver = (cause: D1Error): D1Error =>
  new D1Error({
    code: 'locked',
    message: 'Another run goes on with this restore, or the database went back to an earlier state.',
    fix: `Look with "${commandLine('d1-migrate:status')}" what is in the database before you run anything else.`,
    exitCode: 11,
    cause,
  });
