import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { D1Error, explainFileError } from '../errors/index.ts';
import { DATABASE, keepSnapshot, type Snapshot } from './store.ts';

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
