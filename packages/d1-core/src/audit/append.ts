import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { D1Error } from '../errors/index.ts';
import { makeFolder } from '../node/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { type AuditEntry, readAudit, seal } from './read-audit.ts';

/** Milliseconds between two attempts at the lock, and for all of them. A line is written in a few. */
const RETRY = 20;
const PATIENCE = 60_000;

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

/**
 * Works while this process alone has the lock of a file beside the audit file. It is a lock of the operating system, by way
 * of SQLite: nobody can take it away or let it go for another, and it ends with its process. The file stays, empty.
 */
async function withLockFile(lock: string, work: () => Promise<void>): Promise<void> {
  const connection = await openDatabaseFile(lock);
  try {
    const end = Date.now() + PATIENCE;
    while (!isTaken(connection)) {
      if (Date.now() > end) throw new Error('another process has been writing into it for a minute');
      await setTimeout(RETRY);
    }
    await work();
  } finally {
    connection.close();
  }
}

/** Takes it, unless another process has it. */
function isTaken(connection: DatabaseSync): boolean {
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (String(error).includes('database is locked')) return false;
    throw error;
  }
}
