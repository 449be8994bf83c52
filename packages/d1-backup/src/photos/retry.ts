import { setTimeout as wait } from 'node:timers/promises';
import { StoreFailure } from './store.ts';

export interface RetryOptions {
  /** How often one request is made at most, as long as nothing of it succeeds. */
  readonly attempts?: number | undefined;
  /** Milliseconds before the second attempt; doubled for each further one. */
  readonly firstWait?: number | undefined;
}

/** The longest wait between two attempts, unless the server asks for more. Milliseconds. */
const LONGEST_WAIT = 20_000;

/** What a server may ask for at most: beyond it, failing is the better answer. */
const LONGEST_RETRY_AFTER = 120_000;

/**
 * Works on something until it succeeds, and waits longer after each attempt that fails for a passing reason. `progress`
 * counts what is done: an attempt that got further starts the count of attempts anew.
 */
export async function retry<Result>(
  work: () => Promise<Result>,
  { attempts = 6, firstWait = 250 }: RetryOptions = {},
  progress: () => number = () => 0,
): Promise<Result> {
  let failed = 0;
  for (;;) {
    const before = progress();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreFailure) || error.kind !== 'passing') throw error;
      failed = progress() > before ? 1 : failed + 1;
      const asked = error.retryAfter ?? 0;
      if (failed >= attempts || asked > LONGEST_RETRY_AFTER) throw error;
      await wait(Math.max(asked, waitOf(failed, firstWait)));
    }
  }
}

/** Random by half, so that requests which failed together do not come back together. */
function waitOf(failed: number, firstWait: number): number {
  const full = Math.min(LONGEST_WAIT, firstWait * 2 ** (failed - 1));
  return full * (0.5 + Math.random() / 2);
}
