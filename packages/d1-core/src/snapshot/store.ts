import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { makeFolder } from '../node/index.ts';

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

/** The files of a snapshot; the log is there when the database had one. The last is written last: it makes it whole. */
export const DATABASE = 'database.sqlite';
export const WAL = 'database.sqlite-wal';
const DESCRIPTION = 'snapshot.json';

/** In the folder of wrangler's local state, so that deleting that deletes them too. */
function storeFolder(database: LocalDatabase): string {
  return join(database.persistTo, 'd1-snapshots', basename(localDatabaseFile(database), '.sqlite'));
}

export const snapshotFolder = (database: LocalDatabase, id: string): string =>
  join(storeFolder(database), id);

/** The snapshots of a database, the newest first. */
export async function listSnapshots(database: LocalDatabase): Promise<readonly Snapshot[]> {
  const ids = await namesIn(storeFolder(database));
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

/** A folder for a new snapshot, whose name begins with the time. */
export async function makeSnapshotFolder(
  database: LocalDatabase,
  time: string,
): Promise<{ id: string; folder: string }> {
  const store = storeFolder(database);
  makeFolder(store);
  const folder = await mkdtemp(join(store, `${time.replaceAll(':', '-')}-`));
  return { id: basename(folder), folder };
}

export async function describeSnapshot(folder: string, snapshot: Snapshot): Promise<void> {
  const { time, before, bytes } = snapshot;
  await writeFile(join(folder, DESCRIPTION), JSON.stringify({ time, before, bytes }));
}

/** Deletes what is beyond the number that is kept, and what is not whole. */
export async function prune(database: LocalDatabase): Promise<void> {
  const kept = new Set((await listSnapshots(database)).slice(0, KEPT_SNAPSHOTS).map(({ id }) => id));
  const others = (await namesIn(storeFolder(database))).filter((id) => !kept.has(id));
  await Promise.all(others.map((id) => rm(snapshotFolder(database, id), { recursive: true, force: true })));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}
