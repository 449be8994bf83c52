import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../node/index.ts';

/** Linux keeps it in memory. */
const MEMORY = '/dev/shm';

/** Bytes that have to be free there: a container may have 64 MB in all. */
const ENOUGH = 512 * 1024 * 1024;

const PREFIX = 'd1-shadow-';

export interface ThrowAwayFolder {
  readonly path: string;
  remove(): void;
}

/**
 * A folder for a database that nobody keeps: in memory where there is room, because every transaction waits for the disk
 * (100 migrations: 0.8 s on a disk, 0.4 s in memory). It is removed when the process ends; one that was left by a process
 * that was killed is removed by the next. `onDisk` is for databases that memory may have no room for.
 */
export function makeThrowAwayFolder({ onDisk = false } = {}): ThrowAwayFolder {
  const parent = !onDisk && hasRoom(MEMORY) ? MEMORY : tmpdir();
  removeLeftovers(parent);
  const path = mkdtempSync(join(parent, `${PREFIX}${process.pid}-`));
  const remove = () => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH;
  } catch {
    return false; // Another system than Linux.
  }
}

function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^d1-shadow-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Of another user: it is theirs to remove.
    }
  }
}
