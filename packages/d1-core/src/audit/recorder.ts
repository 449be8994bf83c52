import { open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { D1Error, isD1Error, maskSecrets } from '../errors/index.ts';
import { findBranch, findCiRun } from '../git/index.ts';
import { makeFolder } from '../node/index.ts';
import type { Identify } from '../run/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import type { Target } from '../target/index.ts';
import { type AuditEntry, type AuditEvent, readAudit, seal } from './read-audit.ts';

/** Notes one run in the audit file of a protected environment. For other environments it does nothing. */
export interface AuditRecorder {
  /** Before the change. Throws `audit-not-writable`: what cannot be noted must not be done. */
  begin(event: Begun): Promise<void>;
  /** After it. Gives a warning where that cannot be written. Writes nothing when nothing was begun. */
  end(
    event: Pick<AuditEvent, 'migrations'> & { readonly error?: D1Error | undefined },
  ): Promise<readonly string[]>;
}

type Begun = Pick<AuditEvent, 'bookmark' | 'migrations'> & { readonly plan?: string | null | undefined };

export interface AuditedRun {
  readonly target: Target;
  /** The executor. */
  readonly action: string;
  readonly identify: Identify;
  /** Nothing is noted of a run that changes nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Does work that tells the recorder what it changes. What it throws is noted: as failed once begun, else as refused. */
export async function audited<Result>(
  run: AuditedRun,
  work: (recorder: AuditRecorder) => Promise<Result>,
): Promise<Result> {
  if (!run.target.environment.protected || run.dryRun === true) return work(NO_RECORDER);
  let begun: Pick<AuditEvent, 'bookmark' | 'migrations' | 'plan'> | undefined;
  const note = (event: AuditEvent) => appendRun(run, event);
  try {
    return await work({
      async begin(event) {
        const beginning = { ...event, plan: event.plan ?? null };
        await note({ outcome: 'started', error: null, ...beginning });
        begun = beginning;
      },
      async end({ migrations, error }) {
        if (begun === undefined) return [];
        const { bookmark, plan } = begun;
        begun = undefined;
        const outcome = error === undefined ? 'done' : 'failed';
        return warningOf(note({ outcome, bookmark, plan, migrations, error: reasonOf(error) }));
      },
    });
  } catch (error) {
    if (isD1Error(error) && error.code === 'audit-not-writable') throw error;
    const { bookmark = null, migrations = [], plan = null } = begun ?? {};
    const outcome = begun === undefined ? 'refused' : 'failed';
    const warnings = await warningOf(note({ outcome, bookmark, plan, migrations, error: reasonOf(error) }));
    throw isD1Error(error) && warnings.length > 0 ? withNotes(error, warnings) : error;
  }
}

const NO_RECORDER: AuditRecorder = { begin: async () => undefined, end: async () => [] };

async function appendRun({ target, action, identify }: AuditedRun, event: AuditEvent): Promise<void> {
  const { environment, database, wrangler, protection } = target;
  const { run, actor, commit, pluginVersion } = await identify();
  const entry: Omit<AuditEntry, 'sequence' | 'previous'> = {
    time: new Date().toISOString(),
    run,
    action,
    ...event,
    environment: environment.name,
    database: {
      binding: database.binding,
      name: database.databaseName ?? null,
      id: database.databaseId ?? null,
    },
    actor,
    host: hostname(),
    commit,
    branch: await findBranch(dirname(environment.configFile)),
    ciRun: findCiRun(),
    wranglerVersion: wrangler.version,
    pluginVersion,
  };
  await appendEntry(protection.auditFile, entry);
}

async function warningOf(writing: Promise<void>): Promise<readonly string[]> {
  try {
    await writing;
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

function reasonOf(error: unknown): AuditEvent['error'] {
  if (error === undefined) return null;
  return { code: isD1Error(error) ? error.code : 'defect', message: messageOf(error) };
}

const messageOf = (error: unknown): string =>
  maskSecrets(error instanceof Error ? error.message : String(error));

function withNotes(error: D1Error, notes: readonly string[]): D1Error {
  const { code, message, fix, exitCode, location, cause } = error;
  return new D1Error({ code, message, fix, exitCode, location, cause, notes: [...error.notes, ...notes] });
}

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
