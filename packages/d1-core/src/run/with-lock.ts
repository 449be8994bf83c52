import { hostname } from 'node:os';
import { type D1, executeScript, fitsOnCommandLine, type RemoteDatabase } from '../database/index.ts';
import { commandLine } from '../door/index.ts';
import { D1Error, isD1Error } from '../errors/index.ts';
import {
  heldLock,
  holdsLock,
  type Lock,
  type LockToken,
  lostLock,
  readLockStatement,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  requireStatement,
  takeLockStatements,
} from '../records/index.ts';
import type { RunIdentity } from './command.ts';
import { retryRead } from './retry-read.ts';

/** Seconds; a call that takes longer than D1's limit of 30 is cut off by it. */
const LOCK_SECONDS = 300;

/** Seconds for a script that goes through D1's import, which may take ten minutes and is asked for some more. */
const SCRIPT_SECONDS = 1800;

/** Who holds a lock, in words. */
export const lockOwner = ({ actor }: RunIdentity): string => `${actor ?? 'somebody'} on ${hostname()}`;

/** Takes the lock of a remote database. Throws `locked` when somebody else holds it. */
export async function takeLock(d1: D1, identity: RunIdentity, seconds = LOCK_SECONDS): Promise<Lock> {
  const taking = d1.batch([
    ...takeLockStatements(identity.run, lockOwner(identity), seconds),
    readLockStatement,
  ]);
  const results = await taking.catch(async (error: unknown) => {
    // The answer may be lost and the lock taken all the same.
    await releaseLock(d1, identity).catch(() => undefined);
    throw error;
  });
  return requireLock(heldLock(results.at(-1) ?? []), identity.run);
}

/** Lets the lock go. It may be done twice, and tried again: it names the run, and does nothing to another's lock. */
export async function releaseLock(d1: D1, { run }: Pick<RunIdentity, 'run'>): Promise<void> {
  await retryRead(() => d1.batch([releaseLockStatement(run)]));
}

/** What a run may do that holds the lock of a database. */
export interface LockedDatabase {
  /**
   * Runs statements in one transaction that does nothing unless the lock is held still, and a condition holds; it holds
   * the lock longer, by `seconds`. Throws `locked`, or `changed-meanwhile` for the condition. A script for a `remote`
   * database may be of any length: the lock is held for that long before it begins.
   */
  write(
    statements: readonly string[],
    options?: { readonly condition?: string | undefined; readonly remote?: RemoteDatabase | undefined },
  ): Promise<void>;
}

/**
 * Does work while this run holds the lock of a remote database; a local one has the locks of its file. Throws `locked`
 * when somebody else holds it. Where the lock cannot be let go, `onWarning` is told.
 */
export async function withLock<Result>(
  d1: D1,
  identity: RunIdentity,
  work: (database: LockedDatabase) => Promise<Result>,
  onWarning: (warning: string) => void,
): Promise<Result> {
  if (d1.location !== 'remote') {
    return work({ write: (statements, { condition } = {}) => runIf(d1, statements, { condition }) });
  }
  const lock = await takeLock(d1, identity);
  try {
    return await work({
      async write(statements, { condition, remote } = {}) {
        const isLong = remote !== undefined && !fitsOnCommandLine(statements);
        if (isLong) await runIf(d1, [renewLockStatement(lock, SCRIPT_SECONDS)], { lock, condition });
        await runIf(d1, [...statements, renewLockStatement(lock, LOCK_SECONDS)], { lock, condition, remote });
      },
    });
  } finally {
    await releaseLock(d1, identity).catch(() => onWarning(lockStays()));
  }
}

/** Said where a lock could not be let go. */
export const lockStays = (): string =>
  `The lock could not be let go. It ends by itself after some minutes; "${commandLine('d1-migrate:unlock')}" frees it now.`;

/** Under what statements may run. */
interface Terms {
  /** Has to be held still. */
  readonly lock?: LockToken | undefined;
  /** Has to be true; SQL. */
  readonly condition?: string | undefined;
  /** Given, the statements may be of any length. */
  readonly remote?: RemoteDatabase | undefined;
}

/**
 * Runs statements as one call, if the terms are met at that moment. Throws `locked` where the lock is lost, and
 * `changed-meanwhile` where the condition does not hold.
 */
export async function runIf(
  d1: D1,
  statements: readonly string[],
  { lock, condition = 'TRUE', remote }: Terms,
): Promise<void> {
  const holds = lock === undefined ? 'TRUE' : holdsLock(lock);
  const all = [requireStatement(`${holds} AND ${condition}`), ...statements];
  try {
    await (remote === undefined ? d1.batch(all) : executeScript(d1, remote, all));
  } catch (error) {
    if (!isD1Error(error) || !error.message.includes('malformed JSON')) throw error;
    if (!(await isTrue(d1, holds))) throw lostLock(error);
    throw (await isTrue(d1, condition)) ? error : changedMeanwhile(error);
  }
}

/** Whether a condition was at fault, and not JSON in a statement. */
async function isTrue(d1: D1, condition: string): Promise<boolean> {
  const [[row] = []] = await retryRead(() => d1.batch([`SELECT ${condition} AS holds`]));
  return row?.['holds'] === 1;
}

const changedMeanwhile = (cause: D1Error): D1Error =>
  new D1Error({
    code: 'changed-meanwhile',
    message: 'Another run has changed this database since it was read here.',
    fix: `See with "${commandLine('d1-migrate:status')}" what is applied now, and run it again.`,
    cause,
  });
