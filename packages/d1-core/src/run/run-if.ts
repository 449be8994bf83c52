import { executeScript, type D1, type RemoteDatabase } from '../database/index.ts';
import { D1Error, isD1Error } from '../errors/index.ts';
import { holdsLock, lostLock, requireStatement, type LockToken } from '../history/index.ts';
import { retryRead } from './retry-read.ts';

/** Under what statements may run. */
export interface Terms {
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
    fix: 'See with the target "status" what is applied now, and run it again.',
    cause,
  });
