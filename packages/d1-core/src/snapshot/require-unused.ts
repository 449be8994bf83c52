import { existsSync } from 'node:fs';
import { D1Error } from '../errors/index.ts';
import { openDatabaseFile } from '../schema/index.ts';

/**
 * Refuses a database file that another process has open. Only one who is alone gets the exclusive lock: a connection in
 * WAL mode holds a shared one while it is open. The log of a file that nobody has open goes into it on the way.
 */
export async function requireUnused(file: string): Promise<void> {
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
