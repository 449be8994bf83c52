import type { Clock } from 'd1-core/run';
import { LIMIT, limitedPace } from './pace.ts';

/** A clock that stands until everybody sleeps. */
function virtualClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** When `count` requests are sent, one after the other, in milliseconds. */
async function moments(count: number, share: number, clock = virtualClock()): Promise<readonly number[]> {
  const pace = limitedPace(share, clock);
  const sent: number[] = [];
  for (let index = 0; index < count; index += 1) {
    await pace.next();
    sent.push(clock.now());
  }
  return sent;
}

/** The most that were sent in any five minutes. */
function most(sent: readonly number[]): number {
  let [from, found] = [0, 0];
  for (const [index, moment] of sent.entries()) {
    while (moment - (sent[from] ?? 0) >= LIMIT.seconds * 1000) from += 1;
    found = Math.max(found, index - from + 1);
  }
  return found;
}

describe('the pace of requests', () => {
  it.each([1, 0.8, 0.5, 0.1])('stays below %d of the limit in whichever five minutes', async (share) => {
    expect(most(await moments(5000, share))).toBeLessThanOrEqual(LIMIT.requests * share);
  });

  it('is within three percent of what the limit gives, for 50,000 requests', async () => {
    const last = (await moments(50_000, 1)).at(-1) ?? 0;
    const floor = (50_000 * LIMIT.seconds * 1000) / LIMIT.requests;
    expect(last / floor).toBeGreaterThan(0.99);
    expect(last / floor).toBeLessThan(1.03);
  });

  it('stays below the limit after a rest', async () => {
    const clock = virtualClock();
    const pace = limitedPace(1, clock);
    const sent: number[] = [];
    for (let index = 0; index < 3000; index += 1) {
      if (index === 1000) await clock.sleep(10 * 60 * 1000);
      await pace.next();
      sent.push(clock.now());
    }
    expect(most(sent)).toBeLessThanOrEqual(LIMIT.requests);
  });

  it('sends nothing for as long as Cloudflare says', async () => {
    const clock = virtualClock();
    const pace = limitedPace(1, clock);
    await pace.next();
    pace.pause(120);
    await pace.next();
    expect(clock.now()).toBeGreaterThanOrEqual(120_000);
  });
});
