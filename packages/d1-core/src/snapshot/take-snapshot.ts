import { constants, existsSync } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalDatabase } from '../database/index.ts';
import { D1Error } from '../errors/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { localDatabaseFile } from './database-file.ts';
import { DATABASE, describeSnapshot, makeSnapshotFolder, prune, type Snapshot } from './store.ts';

/** Milliseconds to wait for another process that is writing. */
const BUSY_TIMEOUT = 5000;

/**
 * Copies a local database, also while it is open elsewhere, and deletes the oldest copies beyond the number that is
 * kept. The pages are copied as they are, because VACUUM may change the rowids that an FTS5 table refers to.
 * Undefined when there is no such database yet.
 */
export async function takeSnapshot(
  database: LocalDatabase,
  before: readonly string[],
): Promise<Snapshot | undefined> {
  const file = localDatabaseFile(database);
  if (!existsSync(file)) return undefined;
  const time = new Date().toISOString();
  const { id, folder } = await makeSnapshotFolder(database, time);
  try {
    const bytes = await copyDatabase(file, join(folder, DATABASE));
    const snapshot = { id, time, before, bytes };
    await describeSnapshot(folder, snapshot);
    await prune(database);
    return snapshot;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new D1Error({
      code: 'snapshot-failed',
      message: `No snapshot of the local database could be taken: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: 'Stop what is writing to it, or make room on the disk, and run again.',
      location: { file },
      notes: ['Nothing was changed.'],
      cause,
    });
  }
}

/**
 * Copies a database file, with its log beside the copy, while nobody can write to it. Gives the bytes of both.
 * The log before the file: a checkpoint, which needs no write lock, may at any time move pages from the one to the
 * other, and then has them in both copies.
 */
export async function copyDatabase(file: string, to: string): Promise<number> {
  const connection = await openDatabaseFile(file);
  try {
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    connection.exec('BEGIN IMMEDIATE');
    const log = existsSync(`${file}-wal`) ? await copy(`${file}-wal`, `${to}-wal`) : 0;
    return log + (await copy(file, to));
  } finally {
    connection.close();
  }
}

/** Shares the blocks where the file system can. */
export async function copy(from: string, to: string): Promise<number> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  return (await stat(to)).size;
}
