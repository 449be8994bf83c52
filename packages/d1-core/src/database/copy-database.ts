import { constants, existsSync } from 'node:fs';
import { copyFile, stat } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabaseFile } from '../schema/index.ts';
import { explainSqlError } from '../wrangler/index.ts';

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
