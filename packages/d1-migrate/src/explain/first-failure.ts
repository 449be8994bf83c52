import { isD1Error, type D1Error } from 'd1-core/errors';

/** A statement that always fails: with it at the end, a batch changes nothing. */
export const ABORT = 'SELECT d1_migrate_abort()';

/** Whether it is that statement which has failed, so that all before it ran. */
export const isAborted = (reason: string): boolean => reason.includes('d1_migrate_abort');

/** Runs statements as one transaction. */
export type Batch = (statements: readonly string[]) => Promise<unknown>;

export interface Failure {
  /** Of the statement, from 0. */
  readonly index: number;
  readonly error: D1Error;
}

/**
 * The first statement that fails, found by halves without changing anything. Undefined when each runs: then it is the
 * transaction that fails at its end, or nothing at all.
 */
export async function firstFailure(
  batch: Batch,
  statements: readonly string[],
): Promise<Failure | undefined> {
  const errorIn = async (count: number) => {
    const error = await errorOf(batch, [...statements.slice(0, count), ABORT]);
    return error === undefined || isAborted(error.message) ? undefined : error;
  };
  let error = await errorIn(statements.length);
  if (error === undefined) return undefined;
  // `works` statements are known to run, `fails` are known not to.
  let [works, fails] = [0, statements.length];
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    const found = await errorIn(middle);
    if (found === undefined) works = middle;
    else [fails, error] = [middle, found];
  }
  return { index: fails - 1, error };
}

/** What the engine says against statements; undefined when they ran. */
export async function errorOf(batch: Batch, statements: readonly string[]): Promise<D1Error | undefined> {
  try {
    await batch(statements);
    return undefined;
  } catch (error) {
    if (isD1Error(error)) return error;
    throw error;
  }
}
