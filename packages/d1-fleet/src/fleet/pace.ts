import { REAL_CLOCK, type Clock } from 'd1-core/run';

/** When requests may be sent. */
export interface Pace {
  /** Resolves when the next request may be sent. */
  next(): Promise<void>;
  /** Nobody sends for so many seconds: Cloudflare has said so. */
  pause(seconds: number): void;
}

/**
 * Requests that Cloudflare takes in five minutes, of everything that a user or token does; who sends more is blocked for five
 * minutes: https://developers.cloudflare.com/fundamentals/api/reference/limits/
 */
export const LIMIT = { requests: 1200, seconds: 300 };

/** Requests that may be sent at once after a rest. */
const BURST = 12;

/** A pace that never sends more than a share of the limit, in whichever five minutes one looks. */
export function limitedPace(share: number, clock: Clock = REAL_CLOCK): Pace {
  const interval = (LIMIT.seconds * 1000) / Math.max(1, LIMIT.requests * share - BURST);
  /** When the bucket would be empty: each request takes one interval from it. */
  let paidUntil = clock.now() - BURST * interval;
  return {
    async next() {
      const earliest = clock.now() - BURST * interval;
      paidUntil = Math.max(paidUntil, earliest) + interval;
      const delay = paidUntil - clock.now();
      if (delay > 0) await clock.sleep(delay);
    },
    pause(seconds) {
      paidUntil = Math.max(paidUntil, clock.now() + seconds * 1000);
    },
  };
}

/** For databases on this machine. */
export const UNLIMITED: Pace = { next: async () => undefined, pause: () => undefined };
