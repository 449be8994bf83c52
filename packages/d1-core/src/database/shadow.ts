import { constants, existsSync } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { makeFolder, makeThrowAwayFolder } from '../node/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { explainSqlError, type Wrangler } from '../wrangler/index.ts';
import type { D1 } from './d1.ts';
import { type LocalDatabase, localDatabaseFile } from './database-file.ts';
import { startEngine } from './engine.ts';
import { openLocalD1, openOn } from './local.ts';

/** An empty throw-away database in workerd, gone when it is closed. */
export function openShadowD1(wrangler: Wrangler): D1 {
  return openOn('shadow', () => startEngine({ wrangler, databases: { DB: 'shadow' } }));
}

/** A throw-away copy of a local database, data included, as it is at one moment: others may be writing to it. */
export async function copyToShadow(database: LocalDatabase): Promise<D1> {
  const folder = makeThrowAwayFolder();
  const copied = { ...database, persistTo: folder.path };
  const [from, to] = [localDatabaseFile(database), localDatabaseFile(copied)];
  try {
    makeFolder(dirname(to));
    if (existsSync(from)) await copyDatabase(from, to);
  } catch (error) {
    folder.remove();
    throw error;
  }
  const copy = openLocalD1(copied);
  return {
    location: 'shadow',
    batch: (statements) => copy.batch(statements),
    async close() {
      await copy.close();
      folder.remove();
    },
  };
}

/** Milliseconds to wait for another process that is writing. */
const BUSY_TIMEOUT = 5000;

/**
 * Copies a database file, with its log beside the copy, while nobody can write to it. Returns the bytes of both.
 * The log before the file: a checkpoint, which needs no write lock, may at any time move pages from the one to the
 * other, and then has them in both copies. The pages are copied as they are, because VACUUM may change the rowids that an
 * FTS5 table refers to. Throws D1Error `database-busy` when another process keeps on writing.
 */
export async function copyDatabase(file: string, to: string): Promise<number> {
  const connection = await openDatabaseFile(file);
  try {
    connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    begin(connection);
    const log = existsSync(`${file}-wal`) ? await copyBlocks(`${file}-wal`, `${to}-wal`) : 0;
    return log + (await copyBlocks(file, to));
  } finally {
    connection.close();
  }
}

function begin(connection: DatabaseSync): void {
  try {
    connection.exec('BEGIN IMMEDIATE');
  } catch (error) {
    throw isBusy(error) ? explainSqlError('SQLITE_BUSY') : error;
  }
}

/** https://sqlite.org/rescode.html#busy */
const isBusy = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === 5;

/** Shares the blocks where the file system can. Returns the size in bytes. */
export async function copyBlocks(from: string, to: string): Promise<number> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  return (await stat(to)).size;
}
