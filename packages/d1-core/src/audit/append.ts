import { open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { D1Error } from '../errors/index.ts';
import { makeFolder } from '../node/index.ts';
import { seal, type AuditEntry } from './entry.ts';
import { readAudit } from './read-audit.ts';

/** Milliseconds after which the lock file of a dead process is taken away. A line is written in a few. */
const STALE = 10_000;
const RETRY = 20;

/**
 * Adds a line to an audit file, and waits until it is on the disk. Throws `audit-not-writable`. Two processes on one
 * machine take turns; each line carries the hash of the one before.
 */
export async function appendEntry(
  file: string,
  entry: Omit<AuditEntry, 'sequence' | 'previous'>,
): Promise<void> {
  try {
    makeFolder(dirname(file));
    await withLockFile(`${file}.lock`, async () => {
      const last = (await readAudit(file)).at(-1);
      const sequence = (last?.entry?.sequence ?? 0) + 1;
      await append(file, seal({ sequence, ...entry, previous: last?.entry?.hash ?? null }));
    });
  } catch (cause) {
    throw new D1Error({
      code: 'audit-not-writable',
      message: `The audit file ${file} cannot be written: ${String(cause)}`,
      fix: 'Make the file writable, or name another with "auditFile" in the settings of the environment.',
      exitCode: 2,
      cause,
    });
  }
}

async function append(file: string, line: string): Promise<void> {
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const end = Buffer.alloc(1);
    if (size > 0) await handle.read(end, 0, 1, size - 1);
    // A process that was killed while it wrote left half a line: it stays, and is found.
    const isOpenLine = size > 0 && end.toString() !== '\n';
    await handle.appendFile(`${isOpenLine ? '\n' : ''}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function withLockFile(lock: string, work: () => Promise<void>): Promise<void> {
  while (!(await takeLockFile(lock))) await setTimeout(RETRY);
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLockFile(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx')).close();
    return true;
  } catch (error) {
    const isTaken = typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
    if (!isTaken) throw error;
    const age = await stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0, // It has gone meanwhile.
    );
    if (age > STALE) await rm(lock, { force: true });
    return false;
  }
}
