import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copyDatabase, localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { D1Error } from '../errors/index.ts';
import { DATABASE, describeSnapshot, makeSnapshotFolder, prune, type Snapshot } from './store.ts';

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
