import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { copyBlocks, copyDatabase, type LocalDatabase, localDatabaseFile } from '../database/index.ts';
import { commandLine } from '../door/index.ts';
import { D1Error, explainFileError } from '../errors/index.ts';
import { makeFolder, makeThrowAwayFolder } from '../node/index.ts';
import { openDatabaseFile } from '../schema/index.ts';

/** A copy of a local database's file, kept beside the database. */
export interface Snapshot {
  /** Its folder's name; the later snapshot has the greater one. */
  readonly id: string;
  /** UTC, ISO 8601 with milliseconds. */
  readonly time: string;
  /** What was about to be done when it was taken, such as the names of the pending migrations. */
  readonly before: readonly string[];
  /** What it takes on disk. */
  readonly bytes: number;
}

/** Snapshots of one database that are kept; the oldest goes first. */
export const KEPT_SNAPSHOTS = 5;

/** The files of a snapshot; the log is there when the database had one. */
const DATABASE = 'database.sqlite';
const WAL = 'database.sqlite-wal';
const DESCRIPTION = 'snapshot.json';

/** In the folder of wrangler's local state, so that deleting that deletes them too. */
function storeFolder(database: LocalDatabase): string {
  return join(database.persistTo, 'd1-snapshots', basename(localDatabaseFile(database), '.sqlite'));
}

const snapshotFolder = (database: LocalDatabase, id: string): string => join(storeFolder(database), id);

/** The snapshots of a database, the newest first. */
export async function listSnapshots(database: LocalDatabase): Promise<readonly Snapshot[]> {
  const ids = await idsIn(storeFolder(database));
  const snapshots = await Promise.all(ids.map((id) => readSnapshot(database, id)));
  return snapshots.filter((snapshot) => snapshot !== undefined).sort((a, b) => (a.id < b.id ? 1 : -1));
}

async function readSnapshot(database: LocalDatabase, id: string): Promise<Snapshot | undefined> {
  try {
    const text = await readFile(join(snapshotFolder(database, id), DESCRIPTION), 'utf8');
    return describedSnapshot(id, JSON.parse(text));
  } catch {
    return undefined; // An interrupted run left it without a description.
  }
}

function describedSnapshot(id: string, value: unknown): Snapshot | undefined {
  if (typeof value !== 'object' || value === null || !('time' in value)) return undefined;
  return {
    id,
    time: String(value.time),
    before: 'before' in value && Array.isArray(value.before) ? value.before.map(String) : [],
    bytes: 'bytes' in value ? Number(value.bytes) : 0,
  };
}

/**
 * Keeps a snapshot that `fill` makes in an empty folder, of which it returns the bytes; and deletes the oldest beyond the number
 * that is kept. A snapshot is there when it is whole: until then it is in a throw-away folder, which no other run takes for one.
 */
async function keepSnapshot(
  database: LocalDatabase,
  before: readonly string[],
  fill: (folder: string) => Promise<number>,
): Promise<Snapshot> {
  const store = storeFolder(database);
  makeFolder(store);
  const made = makeThrowAwayFolder(store);
  try {
    const time = new Date().toISOString();
    const bytes = await fill(made.path);
    await writeFile(join(made.path, DESCRIPTION), JSON.stringify({ time, before, bytes }));
    const id = `${time.replaceAll(':', '-')}-${randomUUID().slice(0, 6)}`;
    await rename(made.path, join(store, id));
    await prune(database);
    return { id, time, before, bytes };
  } finally {
    made.remove();
  }
}

/** Deletes what is beyond the number that is kept, and what an older version left that is not whole. */
async function prune(database: LocalDatabase): Promise<void> {
  const kept = new Set((await listSnapshots(database)).slice(0, KEPT_SNAPSHOTS).map(({ id }) => id));
  const others = (await idsIn(storeFolder(database))).filter((id) => !kept.has(id));
  await Promise.all(others.map((id) => rm(snapshotFolder(database, id), { recursive: true, force: true })));
}

/** They begin with the time. */
async function idsIn(store: string): Promise<readonly string[]> {
  const names = await readdir(store).catch(() => []);
  return names.filter((name) => /^\d{4}-/.test(name));
}

/**
 * Copies a local database, also while it is open elsewhere, and deletes the oldest copies beyond the number that is
 * kept. Undefined when there is no such database yet.
 */
export async function takeSnapshot(
  database: LocalDatabase,
  before: readonly string[],
): Promise<Snapshot | undefined> {
  const file = localDatabaseFile(database);
  if (!existsSync(file)) return undefined;
  try {
    return await keepSnapshot(database, before, (folder) => copyDatabase(file, join(folder, DATABASE)));
  } catch (cause) {
    const notes = ['Nothing was changed.'];
    const said = explainFileError(cause, { notes });
    if (said !== undefined) throw said;
    throw new D1Error({
      code: 'snapshot-failed',
      message: `No snapshot of the local database could be taken: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Stop what is writing to it, and run again.',
      location: { file },
      notes,
      cause,
    });
  }
}

export interface RestoredSnapshot {
  readonly restored: Snapshot;
  /** The database as it was before the restore. */
  readonly replaced: Snapshot | undefined;
}

/**
 * Puts a local database back to a snapshot, the newest one unless another is named, after it has taken a snapshot of
 * it as it is now. It must not be open in this process. Throws D1Error `no-snapshot`, `unknown-snapshot`, and
 * `database-in-use` when another process has it open: that would go on with the file that was replaced.
 */
export async function restoreSnapshot(database: LocalDatabase, id?: string): Promise<RestoredSnapshot> {
  const snapshots = await listSnapshots(database);
  const restored = id === undefined ? snapshots[0] : snapshots.find((snapshot) => snapshot.id === id);
  if (restored === undefined) throw notThere(id, snapshots);
  // A copy first: the snapshot taken now may push the oldest out, which may be this one.
  const workplace = makeThrowAwayFolder(database.persistTo);
  try {
    const made = { ...database, persistTo: workplace.path };
    await copySnapshot(database, restored.id, localDatabaseFile(made));
    const replaced = await replaceDatabase(database, made, [`restore of ${restored.id}`]);
    return { restored, replaced };
  } finally {
    workplace.remove();
  }
}

/** Copies what a snapshot holds to a database file. */
export async function copySnapshot(database: LocalDatabase, id: string, file: string): Promise<void> {
  const folder = snapshotFolder(database, id);
  makeFolder(dirname(file));
  const log = join(folder, WAL);
  if (existsSync(log)) await copyBlocks(log, `${file}-wal`);
  await copyBlocks(join(folder, DATABASE), file);
}

function notThere(id: string | undefined, snapshots: readonly Snapshot[]): D1Error {
  if (id === undefined || snapshots.length === 0) {
    return new D1Error({
      code: 'no-snapshot',
      message: 'There is no snapshot of this local database.',
      fix: `Rebuild the database with "${commandLine('d1-migrate:reset')}". From then on d1-migrate takes a snapshot before each run.`,
      exitCode: 2,
    });
  }
  return new D1Error({
    code: 'unknown-snapshot',
    message: `There is no snapshot "${id}" of this local database.`,
    fix: `Name one of: ${snapshots.map((snapshot) => snapshot.id).join(', ')}`,
    exitCode: 2,
  });
}

/** Throws D1Error `database-in-use` when a process has the local database open. */
export const requireUnusedDatabase = (database: LocalDatabase): Promise<void> =>
  requireUnused(localDatabaseFile(database));

/**
 * Puts a database that was made elsewhere on the same disk into the place of a local one, of which it takes a snapshot
 * first: undefined when there was none. It is one step: whoever is killed leaves the old one or the new one. Neither may
 * be open in this process. Throws D1Error `database-in-use`, `snapshot-failed`.
 */
export async function replaceDatabase(
  database: LocalDatabase,
  made: LocalDatabase,
  before: readonly string[],
): Promise<Snapshot | undefined> {
  const source = localDatabaseFile(made);
  const file = localDatabaseFile(database);
  await mergeLog(source);
  await requireUnused(file);
  const replaced = await takeSnapshot(database, before);
  makeFolder(dirname(file));
  // Nobody has come meanwhile, and the log is in the file: what is left of it must never meet the new one.
  await requireUnused(file);
  for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
  await rename(source, file);
  return replaced;
}

/** Brings the log of a database file into the file, so that it is all there is of it. */
async function mergeLog(file: string): Promise<void> {
  const connection = await openDatabaseFile(file);
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
  }
  if (existsSync(`${file}-wal`)) throw new Error(`Something still works on ${file}.`);
}

/**
 * Refuses a database file that another process has open. Only one who is alone gets the exclusive lock: a connection in
 * WAL mode holds a shared one while it is open. The log of a file that nobody has open goes into it on the way.
 */
async function requireUnused(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const connection = await openDatabaseFile(file);
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
  } catch (cause) {
    throw new D1Error({
      code: 'database-in-use',
      message: 'Another process has the local database open, and would go on with what is replaced.',
      fix: 'Stop "wrangler dev" and what else uses the database, and run again.',
      location: { file },
      notes: ['Nothing was changed.'],
      cause,
    });
  } finally {
    connection.close();
  }
}
