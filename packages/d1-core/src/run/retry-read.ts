import { setTimeout } from 'node:timers/promises';
import { type D1Error, isD1Error } from '../errors/index.ts';

/** Time, so that a simulation can have its own. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => setTimeout(milliseconds),
};

/** Milliseconds between the attempts. */
const WAITS = [500, 1_000, 2_000];

/** Milliseconds after which it is not tried again, however it failed. */
const PATIENCE = 60_000;

/** What may be gone a moment later. */
const PASSING: ReadonlySet<string> = new Set([
  'network',
  'cloudflare-timeout',
  'rate-limited',
  'database-busy',
  'cloudflare-failed',
]);

/** Whether the same request may be answered a moment later. */
export const isPassing = (error: unknown): error is D1Error => isD1Error(error) && PASSING.has(error.code);

/**
 * Reads again, after a longer wait each time, or the one that Cloudflare asks for, where Cloudflare could not be reached or was too busy. Only for work that
 * writes nothing, or that changes nothing more when it is done twice: of a write whose answer was lost nobody knows
 * whether it was done.
 */
export async function retryRead<Result>(
  read: () => Promise<Result>,
  clock: Clock = REAL_CLOCK,
): Promise<Result> {
  const end = clock.now() + PATIENCE;
  for (const milliseconds of WAITS) {
    try {
      return await read();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const wait = Math.max(milliseconds, (error.retryAfter ?? 0) * 1000);
      if (clock.now() + wait > end) throw error;
      await clock.sleep(wait);
    }
  }
  return read();
}
