import { randomUUID } from 'node:crypto';
import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { makeFolder, makeThrowAwayFolder } from '../node/index.ts';

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
export async function keepSnapshot(
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
