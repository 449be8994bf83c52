import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyBlocks, localDatabaseFile, type LocalDatabase } from '../database/index.ts';
import { D1Error } from '../errors/index.ts';
import { makeFolder, makeThrowAwayFolder } from '../node/index.ts';
import { replaceDatabase } from './replace-database.ts';
import { DATABASE, listSnapshots, snapshotFolder, WAL, type Snapshot } from './store.ts';

export interface RestoredSnapshot {
  readonly restored: Snapshot;
  /** The database as it was before the restore. */
  readonly replaced: Snapshot | undefined;
}

/**
 * Puts a local database back to a snapshot, the newest one unless another is named, after it has taken a snapshot of
 * it as it is now. It must not be open in this process. Throws D1Error `no-snapshot`, `unknown-snapshot`, and
 * `database-in-use` when another process has it open: that would go on with the file that was replaced.
 */
export async function restoreSnapshot(database: LocalDatabase, id?: string): Promise<RestoredSnapshot> {
  const snapshots = await listSnapshots(database);
  const restored = id === undefined ? snapshots[0] : snapshots.find((snapshot) => snapshot.id === id);
  if (restored === undefined) throw notThere(id, snapshots);
  // A copy first: the snapshot taken now may push the oldest out, which may be this one.
  const workplace = makeThrowAwayFolder(database.persistTo);
  try {
    const made = { ...database, persistTo: workplace.path };
    await copySnapshot(snapshotFolder(database, restored.id), localDatabaseFile(made));
    const replaced = await replaceDatabase(database, made, [`restore of ${restored.id}`]);
    return { restored, replaced };
  } finally {
    workplace.remove();
  }
}

async function copySnapshot(folder: string, file: string): Promise<void> {
  makeFolder(dirname(file));
  const log = join(folder, WAL);
  if (existsSync(log)) await copyBlocks(log, `${file}-wal`);
  await copyBlocks(join(folder, DATABASE), file);
}

function notThere(id: string | undefined, snapshots: readonly Snapshot[]): D1Error {
  if (id === undefined || snapshots.length === 0) {
    return new D1Error({
      code: 'no-snapshot',
      message: 'There is no snapshot of this local database.',
      fix: 'Make the database anew with the target "reset". From now on "migrate" takes a snapshot before each run.',
      exitCode: 2,
    });
  }
  return new D1Error({
    code: 'unknown-snapshot',
    message: `There is no snapshot "${id}" of this local database.`,
    fix: `Name one of: ${snapshots.map((snapshot) => snapshot.id).join(', ')}`,
    exitCode: 2,
  });
}
