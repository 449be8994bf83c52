import { setImmediate as turn } from 'node:timers/promises';
import { parseMaxFailures, runWaves } from './run-waves.ts';

const waves = [
  { name: 'first', members: [1] },
  { name: 'second', members: Array.from({ length: 10 }, (_, index) => index + 2) },
  { name: 'rest', members: Array.from({ length: 100 }, (_, index) => index + 12) },
];

async function run(failing: readonly number[], maxFailures: string, controller = new AbortController()) {
  const begun: number[] = [];
  let [working, most] = [0, 0];
  const result = await runWaves({
    waves,
    concurrency: 4,
    maxFailures: parseMaxFailures(maxFailures),
    signal: controller.signal,
    work: async (member) => {
      begun.push(member);
      most = Math.max(most, (working += 1));
      await turn();
      working -= 1;
      if (member === 50 && failing.includes(-50)) controller.abort();
      return !failing.includes(member);
    },
    isGood: (outcome) => outcome,
  });
  return { ...result, begun, most };
}

describe('working on a fleet in waves', () => {
  it('works on all, in order, and on no more at a time than it may', async () => {
    const { begun, stop, left, most } = await run([], '0');
    expect(begun).toEqual(waves.flatMap(({ members }) => members));
    expect({ stop, left, most }).toEqual({ stop: undefined, left: [], most: 4 });
  });

  it('stops at the first wave when its only member fails, whatever the percentage', async () => {
    const { stop, begun, left } = await run([1], '10%');
    expect(stop).toEqual({ reason: 'too-many-failures', wave: 'first', failed: 1 });
    expect(begun).toEqual([1]);
    expect(left).toHaveLength(110);
  });

  it('counts a percentage in each wave', async () => {
    expect((await run([2, 20, 21, 22], '10%')).stop).toBeUndefined();
    expect((await run([2, 3], '10%')).stop).toMatchObject({ wave: 'second' });
  });

  it('counts a number over the whole run', async () => {
    expect((await run([2, 20], '2')).stop).toBeUndefined();
    expect((await run([2, 20, 30], '2')).stop).toMatchObject({ wave: 'rest' });
  });

  it('ends what was begun when it is interrupted, and says what was not', async () => {
    const { stop, begun, left } = await run([-50], '0');
    expect(stop).toEqual({ reason: 'interrupted', wave: 'rest' });
    expect(begun.length + left.length).toBe(111);
    expect(begun).toContain(50);
  });

  it.each(['', 'x', '-1', '5 %', '200%'])('refuses --maxFailures=%s', (written) => {
    expect(() => parseMaxFailures(written)).toThrow(/neither a number nor a percentage/);
  });
});
