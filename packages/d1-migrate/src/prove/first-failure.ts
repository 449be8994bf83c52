import type { Engine } from 'd1-core/database';

/** A statement that always fails: with it at the end, a batch changes nothing. */
export const ABORT = 'SELECT d1_migrate_abort()';

/** Whether it is that statement which has failed, so that all before it ran. */
export const isAborted = (reason: string): boolean => reason.includes('d1_migrate_abort');

/** The index of the first statement that fails, found by halves without changing anything. */
export async function firstFailure(
  engine: Engine,
  binding: string,
  statements: readonly string[],
): Promise<number | undefined> {
  const runs = async (count: number) => {
    try {
      await engine.batch(binding, [...statements.slice(0, count), ABORT]);
      return true;
    } catch (error) {
      return error instanceof Error && isAborted(error.message);
    }
  };
  if (await runs(statements.length)) return undefined; // It fails at the end of the transaction.
  let [low, high] = [0, statements.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await runs(middle + 1)) low = middle + 1;
    else high = middle;
  }
  return low;
}
