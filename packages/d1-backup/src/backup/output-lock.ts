import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { isAlive } from 'd1-core/node';

export const LOCK_FILE = '.d1-backup.lock';

/**
 * Works while no other backup writes into a folder. The lock of a process that is dead is taken over; whether it is,
 * no clock decides. Throws D1Error `locked`.
 */
export async function withOutputLock<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const file = join(folder, LOCK_FILE);
  const own = JSON.stringify({ id: randomUUID(), pid: process.pid, host: hostname() });
  await takeLock(file, own);
  try {
    return await work();
  } finally {
    if ((await contentOf(file)) === own) await rm(file, { force: true });
  }
}

/** Each attempt fails only because somebody else has just taken the lock or let it go. */
const ATTEMPTS = 10;

async function takeLock(file: string, own: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  // With its content from the first moment on, so that nobody sees a lock without an owner.
  await writeFile(draft, own, { flag: 'wx' });
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (await create(draft, file)) return;
      const held = await contentOf(file);
      if (held === undefined) continue;
      if (!isDead(held)) throw locked(file, held);
      await removeIfSame(file, held);
    }
    throw locked(file, await contentOf(file));
  } finally {
    await rm(draft, { force: true });
  }
}

/** False when there is such a file. */
async function create(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') return false;
    // A file system without links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
  }
  return writeFile(file, await readFile(draft), { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Takes it aside first: between reading and deleting, another process may have taken it over. */
async function removeIfSame(file: string, held: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return; // Somebody else was faster.
  }
  if ((await contentOf(aside)) !== held) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

const contentOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined);

/** Whether its process ran on this machine and runs no more. */
function isDead(held: string): boolean {
  const { pid, host } = ownerOf(held);
  return host === hostname() && pid !== undefined && !isAlive(pid);
}

function ownerOf(held: string): { readonly pid: number | undefined; readonly host: string } {
  try {
    const owner: unknown = JSON.parse(held);
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && 'host' in owner)
      return { pid: Number(owner.pid), host: String(owner.host) };
  } catch {
    // Not one of ours, or half a one.
  }
  return { pid: undefined, host: 'an unknown machine' };
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

function locked(file: string, held: string | undefined): D1Error {
  const { pid, host } = ownerOf(held ?? '');
  return new D1Error({
    code: 'locked',
    message: `Another backup is being written into this folder, by process ${pid ?? 'unknown'} on ${host}.`,
    fix: 'Wait until it has ended. When you know that it is not running any more, delete the lock file.',
    location: { file },
    notes: ['Nothing was read or written.'],
    exitCode: 11,
  });
}
