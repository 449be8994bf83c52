import { restoreBookmark, type D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { isHistory, lastLock, readLockStatement } from 'd1-core/history';
import { releaseLock, retryRead, runIf, takeLock, type RunIdentity } from 'd1-core/run';
import type { Survey } from '../status/index.ts';
import { openTarget, remoteDatabase } from 'd1-core/target';

/** Seconds: longer than the request for a restore may take. */
const LOCK_SECONDS = 900;

/**
 * Restores a remote database while this run holds its lock. The lock goes with what is restored, which is from before it
 * was taken: so it also tells whether the database was restored where the answer was lost.
 */
export async function timeTravel(
  { target, state }: Survey,
  identity: RunIdentity,
  bookmark: string,
): Promise<void> {
  const d1 = openTarget(target);
  const lock = await takeLock(d1, identity, LOCK_SECONDS);
  try {
    const condition = isHistory(target.database.migrationsTable, state.history);
    await runIf(d1, [], { lock, condition });
    await restoreBookmark(remoteDatabase(target), bookmark);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    if (!(await isLocked(d1, identity, error))) return;
    await releaseLock(d1, identity).catch(() => undefined); // It ends by itself.
    throw withNote(error, 'Nothing was restored.');
  }
}

async function isLocked(d1: D1, { run }: RunIdentity, cause: D1Error): Promise<boolean> {
  try {
    const [rows = []] = await retryRead(() => d1.batch([readLockStatement]));
    return lastLock(rows)?.run === run;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    // A state from before the first migrate has no table for the lock.
    if (error.message.includes('no such table')) return false;
    throw new D1Error({
      code: 'outcome-unknown',
      message: `Whether the database was restored is not known: ${cause.message}`,
      fix: 'Look with the target "status" what is applied before you run anything else.',
      notes: cause.notes,
      cause,
    });
  }
}

function withNote(error: D1Error, note: string): D1Error {
  const { code, message, fix, exitCode, location, notes, cause } = error;
  return new D1Error({ code, message, fix, exitCode, location, cause, notes: [note, ...notes] });
}
