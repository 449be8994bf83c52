import { hostname } from 'node:os';
import type { D1 } from '../database/index.ts';
import {
  heldLock,
  holdsLock,
  readLockStatement,
  releaseLockStatement,
  requireLock,
  takeLockStatements,
} from '../history/index.ts';
import type { RunIdentity } from './identity.ts';
import { retryRead } from './retry-read.ts';

/** Seconds; a call that takes longer than D1's limit of 30 is cut off by it. */
const LOCK_SECONDS = 300;

/** Who holds a lock, in words. */
export const lockOwner = ({ actor }: RunIdentity): string => `${actor ?? 'somebody'} on ${hostname()}`;

/** Takes the lock of a remote database. Throws `locked` when somebody else holds it. */
export async function takeLock(d1: D1, identity: RunIdentity, seconds = LOCK_SECONDS): Promise<void> {
  const taking = d1.batch([
    ...takeLockStatements(identity.run, lockOwner(identity), seconds),
    readLockStatement,
  ]);
  const results = await taking.catch(async (error: unknown) => {
    // The answer may be lost and the lock taken all the same.
    await releaseLock(d1, identity).catch(() => undefined);
    throw error;
  });
  requireLock(heldLock(results.at(-1) ?? []), identity.run);
}

/** Lets the lock go. It may be done twice, and tried again: it names the run, and does nothing to another's lock. */
export async function releaseLock(d1: D1, { run }: Pick<RunIdentity, 'run'>): Promise<void> {
  await retryRead(() => d1.batch([releaseLockStatement(run)]));
}

/**
 * Does work while this run holds the lock of a remote database; a local one has the locks of its file. The work gets a
 * condition that is true as long as nobody has taken the lock over, for `requireStatement`. Throws `locked` when somebody
 * else holds it. Where the lock cannot be let go, `onWarning` is told.
 */
export async function withLock<Result>(
  d1: D1,
  identity: RunIdentity,
  work: (holds: string) => Promise<Result>,
  onWarning: (warning: string) => void,
): Promise<Result> {
  if (d1.location !== 'remote') return work('TRUE');
  await takeLock(d1, identity);
  try {
    return await work(holdsLock(identity.run));
  } finally {
    await releaseLock(d1, identity).catch(() => onWarning(LOCK_STAYS));
  }
}

/** Said where a lock could not be let go. */
export const LOCK_STAYS =
  'The lock could not be let go. It ends by itself after some minutes; the target "unlock" frees it now.';
