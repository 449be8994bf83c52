import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { explainFileError } from '../errors/index.ts';
import { makeFolder } from '../node/index.ts';
import { localDatabaseFile } from './database-file.ts';

/**
 * Makes the folder of wrangler's local state, and sees to it that the engine can write into it and to the databases with these
 * ids: the engine itself would hang, or say that the database is busy. Throws D1Error `not-writable`, `disk-full`, `file-failed`.
 */
export function requireStateFolder(persistTo: string, ids: readonly string[]): void {
  const state = join(persistTo, 'v3');
  const files = ids.map((id) => localDatabaseFile({ id, persistTo }));
  const folders = files.flatMap((file) => [dirname(dirname(file)), dirname(file)]);
  try {
    makeFolder(state);
    for (const path of new Set([state, ...folders, ...files])) {
      if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    const fix = 'Name another folder for local databases: --persistTo=<folder>';
    throw explainFileError(error, { fix, notes: ['Nothing was changed.'] }) ?? error;
  }
}
