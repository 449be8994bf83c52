import type { D1 } from 'd1-core/database';
import {
  freeLockStatement,
  heldLock,
  readDatabaseState,
  readLockStatement,
  type Lock,
} from 'd1-core/history';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, openTarget, type Target } from 'd1-core/target';

export interface UnlockRequest {
  readonly target: Target;
  /** Shows the lock and gets the consent to free it; throws when there is none. */
  readonly approve: (lock: Lock) => Promise<void>;
}

export interface UnlockResult {
  readonly target: Target;
  /** The lock that was freed; undefined when nobody held one. */
  readonly freed: Lock | undefined;
}

/** Frees the lock of a run that is dead. */
export async function unlock({ target, approve }: UnlockRequest): Promise<UnlockResult> {
  const d1 = openTarget(target);
  try {
    const { migrationsTable } = target.database;
    const { stamp } = await retryRead(() => readDatabaseState(d1, migrationsTable));
    checkTargetStamp(target, stamp);
    // Without a stamp there is no table that could hold a lock.
    const lock = stamp === undefined ? undefined : await readLock(d1);
    if (lock !== undefined) {
      await approve(lock);
      await retryRead(() => d1.batch([freeLockStatement(lock)]));
    }
    return { target, freed: lock };
  } finally {
    await d1.close();
  }
}

async function readLock(d1: D1): Promise<Lock | undefined> {
  const [rows = []] = await retryRead(() => d1.batch([readLockStatement]));
  return heldLock(rows);
}
