import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LocalDatabase } from '../database/index.ts';
import { D1Error } from '../errors/index.ts';
import { localDatabaseFile } from './database-file.ts';
import { DATABASE, listSnapshots, snapshotFolder, WAL, type Snapshot } from './store.ts';
import { requireUnused } from './require-unused.ts';
import { copy, takeSnapshot } from './take-snapshot.ts';

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
  const file = localDatabaseFile(database);
  // A copy first: the snapshot taken now may push the oldest out, which may be this one.
  await mkdir(dirname(file), { recursive: true });
  const workplace = await mkdtemp(join(dirname(file), 'restore-'));
  try {
    const source = snapshotFolder(database, restored.id);
    const log = join(source, WAL);
    if (existsSync(log)) await copy(log, join(workplace, WAL));
    await copy(join(source, DATABASE), join(workplace, DATABASE));
    await requireUnused(file);
    const replaced = await takeSnapshot(database, [`restore of ${restored.id}`]);
    await replaceDatabase(file, workplace);
    return { restored, replaced };
  } finally {
    await rm(workplace, { recursive: true, force: true });
  }
}

/** The old log must never meet the new file. */
async function replaceDatabase(file: string, workplace: string): Promise<void> {
  for (const suffix of ['-wal', '-shm', '']) await rm(`${file}${suffix}`, { force: true });
  const log = join(workplace, WAL);
  if (existsSync(log)) await rename(log, `${file}-wal`);
  await rename(join(workplace, DATABASE), file);
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
