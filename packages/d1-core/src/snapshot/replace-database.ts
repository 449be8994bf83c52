import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { makeFolder } from '../node/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { requireUnused } from './require-unused.ts';
import type { Snapshot } from './store.ts';
import { takeSnapshot } from './take-snapshot.ts';

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
