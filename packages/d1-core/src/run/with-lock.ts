import { hostname } from 'node:os';
import { fitsOnCommandLine, type D1, type RemoteDatabase } from '../database/index.ts';
import {
  heldLock,
  readLockStatement,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  takeLockStatements,
  type Lock,
} from '../history/index.ts';
import type { RunIdentity } from './identity.ts';
import { retryRead } from './retry-read.ts';
import { runIf } from './run-if.ts';

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
    await releaseLock(d1, identity).catch(() => onWarning(LOCK_STAYS));
  }
}

/** Said where a lock could not be let go. */
export const LOCK_STAYS =
  'The lock could not be let go. It ends by itself after some minutes; the target "unlock" frees it now.';
