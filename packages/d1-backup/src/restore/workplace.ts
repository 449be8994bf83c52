import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from 'd1-core/node';

/**
 * Makes a folder on the disk of the local databases, named by the process that works in it, and removes those of
 * processes that were killed.
 */
export async function makeWorkplace(persistTo: string): Promise<string> {
  await mkdir(persistTo, { recursive: true });
  for (const name of await readdir(persistTo)) {
    const [, pid] = /^restore-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(persistTo, name), { recursive: true, force: true });
  }
  return mkdtemp(join(persistTo, `restore-${process.pid}-`));
}
