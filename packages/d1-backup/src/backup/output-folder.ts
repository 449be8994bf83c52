import { link, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { archiveName, archiveTime, PARTIAL } from '../format/index.ts';
import { tooLittleRoom } from './explain-failure.ts';

/** What a run needs beside the archive lies here, in the output folder, until it has ended. */
const WORK_FOLDER = '.d1-backup';

/** How the names of journals end, which outlive a run that breaks. */
export const JOURNAL = '.ndjson';

export const workFolder = (output: string): string => join(output, WORK_FOLDER);

/** Milliseconds to the next second, which gives another name. */
const untilNextSecond = (time: Date): number => 1000 - (time.getTime() % 1000);

/**
 * A time that no archive has in its name, finished or not: now, or a later second. A clock that was put back may meet a
 * name of before, and then waits too.
 */
export async function freeTime(taken: readonly string[], now: () => Date): Promise<Date> {
  for (;;) {
    const time = now();
    const beginning = archiveName(time).replace(/zip$/, '');
    if (!taken.some((name) => name.startsWith(beginning))) return time;
    await wait(untilNextSecond(time));
  }
}

/** The latest time in the names of archives. */
export function newestTime(names: readonly string[]): Date | undefined {
  const times = names.flatMap((name) => archiveTime(name)?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.max(a, b)));
}

/** Gives a finished file its name, in one step and never over another file. The name is on the disk then. */
export async function giveName(partial: string, output: string, name: string): Promise<string> {
  const file = join(output, name);
  try {
    await link(partial, file);
    await rm(partial);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (await exists(file))) throw error;
    // A file system without links.
    await rename(partial, file);
  }
  await syncFolder(output);
  return file;
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows knows no such thing.
  }
}

/** Deletes what runs left that were killed, and makes the folder to work in, which only this user can look into. `kept` are the names of unfinished archives that are still of use. */
export async function removeLeftovers(output: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(output);
  const present = new Set(names);
  const isLeftover = (name: string) =>
    name.endsWith(PARTIAL)
      ? !kept.has(name)
      : name.endsWith('.age.json') && !present.has(name.slice(0, -'.json'.length));
  const dead = names.filter((name) => name.startsWith('backup-') && isLeftover(name));
  await Promise.all(dead.map((name) => rm(join(output, name), { force: true })));
  await clearWorkFolder(output);
  await mkdir(workFolder(output), { recursive: true, mode: 0o700 });
}

/** Deletes what lies in the folder to work in, but for journals; and itself, when it is empty then. */
export async function clearWorkFolder(output: string): Promise<void> {
  const work = workFolder(output);
  const names = await readdir(work).catch(() => []);
  const passing = names.filter((name) => !name.endsWith(JOURNAL));
  await Promise.all(passing.map((name) => rm(join(work, name), { recursive: true, force: true })));
  if (passing.length === names.length) await rm(work, { recursive: true, force: true });
}

/** Throws D1Error `disk-full` where the file system says that there is not room for so many bytes. */
export async function requireRoom(output: string, bytes: number): Promise<void> {
  const free = await statfs(output).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity, // It does not say.
  );
  if (free < bytes) throw tooLittleRoom(output, bytes, free);
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
