import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  utimesSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

/** A folder for what nobody keeps, which only this user can look into. */
export interface ThrowAwayFolder {
  readonly path: string;
  /** Removes it with all that is in it. It may be done twice. */
  remove(): void;
}

/** Linux keeps it in memory. */
const MEMORY = '/dev/shm';

/** Bytes that have to be free there: a container may have 64 MB in all. */
const ENOUGH = 512 * 1024 * 1024;

/** Milliseconds between two signs that the run lives, and after which one without them is dead. */
const SIGN_OF_LIFE = 10 * 60 * 1000;
const LIFETIME = 24 * 60 * 60 * 1000;

const PREFIX = 'd1-throw-away-';
const NAME = /^d1-throw-away-([0-9a-f]{12})-(\d+)-/;

const folders = new Set<string>();
let signsOfLife: NodeJS.Timeout | undefined;

/**
 * Makes a folder in `parent`, the folder for temporary files by default. It goes when it is removed, and when the process
 * ends; a command ends in order on a signal. One of a run that was killed is removed by the next run that makes one in the same parent.
 */
export function makeThrowAwayFolder(parent: string = tmpdir()): ThrowAwayFolder {
  removeLeftovers(parent);
  const path = mkdtempSync(join(parent, `${PREFIX}${thisMachine()}-${process.pid}-`));
  if (folders.size === 0) {
    process.on('exit', removeAll);
    signsOfLife = setInterval(giveSignsOfLife, SIGN_OF_LIFE).unref();
  }
  folders.add(path);
  return { path, remove: () => remove(path) };
}

/**
 * The parent for a small database: in memory where there is room, because every transaction waits for the disk (100
 * migrations: 0.8 s on a disk, 0.4 s in memory).
 */
export function quickParent(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // Another system than Linux.
  }
}

/** What cannot be removed yet, because a process that is ending still writes into it, is removed at the end, or by a later run. */
function remove(path: string): void {
  if (!discard(path) || !folders.delete(path) || folders.size > 0) return;
  process.off('exit', removeAll);
  clearInterval(signsOfLife);
}

function discard(path: string): boolean {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
    return true;
  } catch {
    return false;
  }
}

function removeAll(): void {
  for (const path of folders) discard(path);
}

function giveSignsOfLife(): void {
  const now = new Date();
  for (const path of folders) {
    try {
      utimesSync(path, now, now);
    } catch {
      // Somebody has removed it.
    }
  }
}

/** Whether a process lives can only be asked on its own machine, and in its own container; elsewhere its signs of life tell. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, machine, pid] = NAME.exec(name) ?? [];
    if (machine === undefined) continue;
    const path = join(parent, name);
    if (!isOwn(path)) continue;
    const isKnownDead = machine === thisMachine() && !isAlive(Number(pid));
    if (isKnownDead || isSilent(path)) discard(path);
  }
}

function isOwn(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const user = process.getuid?.() ?? stats?.uid; // Windows has no such numbers.
  return stats?.isDirectory() === true && stats.uid === user;
}

const isSilent = (path: string): boolean =>
  Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > LIFETIME;

let machine: string | undefined;

/** Where process ids mean the same: one start of one machine, and one container on it. */
function thisMachine(): string {
  machine ??= createHash('sha256')
    .update(
      [
        hostname(),
        ...onLinux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
        ...onLinux(() => readlinkSync('/proc/self/ns/pid')),
      ].join('\n'),
    )
    .digest('hex')
    .slice(0, 12);
  return machine;
}

function onLinux(read: () => string): readonly string[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

/** Whether a process of this machine runs, by its id; one of another user counts. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH');
  }
}
