import { hostname } from 'node:os';
import type { D1 } from 'd1-core/database';
import {
  heldLock,
  readLockStatement,
  releaseLockStatement,
  requireLock,
  takeLockStatements,
} from 'd1-core/history';
import type { RunIdentity } from './identity.ts';

/** Seconds; a call that takes longer than D1's limit of 30 is cut off by it. */
const LOCK_SECONDS = 300;

/**
 * Does work while this run holds the lock of a remote database; a local one has the locks of its file. Throws `locked`
 * when somebody else holds it. Where the lock cannot be let go, `onWarning` is told.
 */
export async function withLock<Result>(
  d1: D1,
  identity: RunIdentity,
  work: () => Promise<Result>,
  onWarning: (warning: string) => void,
): Promise<Result> {
  if (d1.location !== 'remote') return work();
  const owner = `${identity.actor ?? 'somebody'} on ${hostname()}`;
  const results = await d1.batch([
    ...takeLockStatements(identity.run, owner, LOCK_SECONDS),
    readLockStatement,
  ]);
  requireLock(heldLock(results.at(-1) ?? []), identity.run);
  try {
    return await work();
  } finally {
    await d1.batch([releaseLockStatement(identity.run)]).catch(() => onWarning(LOCK_STAYS));
  }
}

const LOCK_STAYS =
  'The lock could not be let go. It ends by itself after some minutes; the target "unlock" frees it now.';
