import type { D1 } from 'd1-core/database';
import {
  freeLockStatement,
  heldLock,
  type Lock,
  readDatabaseState,
  readLockStatement,
} from 'd1-core/records';
import { style } from 'd1-core/report';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, describeTarget, openTarget, type Target, targetDocument } from 'd1-core/target';

export interface UnlockRequest {
  readonly target: Target;
  /** Stop before the lock is freed. */
  readonly dryRun?: boolean | undefined;
  /** Shows the lock and gets the consent to free it; throws when there is none. */
  readonly approve: (lock: Lock) => Promise<void>;
}

export interface UnlockResult {
  readonly target: Target;
  /** The lock that was held, as it was found; undefined when nobody held one. */
  readonly held: Lock | undefined;
  /** The lock that was freed; undefined when nobody held one, and in a dry run. */
  readonly freed: Lock | undefined;
}

/** Frees the lock of a run that is dead. */
export async function unlock({ target, dryRun = false, approve }: UnlockRequest): Promise<UnlockResult> {
  const d1 = openTarget(target);
  try {
    const { migrationsTable } = target.database;
    const { stamp } = await retryRead(() => readDatabaseState(d1, migrationsTable));
    checkTargetStamp(target, stamp);
    // Without a stamp there is no table that could hold a lock.
    const lock = stamp === undefined ? undefined : await readLock(d1);
    if (lock !== undefined) {
      await approve(lock);
      if (!dryRun) await retryRead(() => d1.batch([freeLockStatement(lock)]));
    }
    return { target, held: lock, freed: dryRun ? undefined : lock };
  } finally {
    await d1.close();
  }
}

async function readLock(d1: D1): Promise<Lock | undefined> {
  const [rows = []] = await retryRead(() => d1.batch([readLockStatement]));
  return heldLock(rows);
}

/** What is shown before a lock is freed. */
export const describeLock = (target: Target, { owner, since, until }: Lock): readonly string[] => [
  describeTarget(target),
  '',
  `${owner} holds the lock since ${since}; it ends by itself at ${until}.`,
];

export function describeUnlock({ target, held, freed }: UnlockResult): readonly string[] {
  if (held !== undefined && freed === undefined) return ['', 'The lock stays: this was a dry run.'];
  return freed === undefined
    ? [describeTarget(target), '', style.good('Nobody holds the lock.')]
    : ['', style.good('The lock is free.')];
}

/** A result as the JSON report carries it. */
export const unlockDocument = ({ target, held, freed }: UnlockResult): object => ({
  ...targetDocument(target),
  held: held ?? null,
  freed: freed ?? null,
});
