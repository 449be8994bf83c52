import { fuzzRuns } from 'd1-core/testing';
import fc from 'fast-check';
import { applyKeepRules, type KeepRules } from './keep-rules.ts';
import type { ListedArchive } from './list-archives.ts';
import { planPrune } from './prune.ts';

const at = (...times: readonly string[]) => times.map((time) => ({ time: new Date(time) }));

const keptTimes = (times: readonly string[], rules: KeepRules) =>
  [...applyKeepRules(at(...times), rules).keys()].map(({ time }) => time.toISOString().slice(0, 16)).sort();

describe('a keep rule', () => {
  it('keeps the newest so many, whatever order they come in', () => {
    expect(keptTimes(['2025-01-02T10:00Z', '2025-01-03T10:00Z', '2025-01-01T10:00Z'], { last: 2 })).toEqual([
      '2025-01-02T10:00',
      '2025-01-03T10:00',
    ]);
  });

  it('keeps the newest of each day in UTC, and does not count days without one', () => {
    const times = ['2025-01-01T00:00Z', '2025-01-01T23:59Z', '2025-01-02T00:00Z', '2025-03-01T12:00Z'];
    expect(keptTimes(times, { daily: 3 })).toEqual([
      '2025-01-01T23:59',
      '2025-01-02T00:00',
      '2025-03-01T12:00',
    ]);
    expect(keptTimes(times, { daily: 2 })).toEqual(['2025-01-02T00:00', '2025-03-01T12:00']);
  });

  it('begins a week on Monday, also over the end of a year', () => {
    // A Sunday, then the Monday and the Sunday of the week with New Year in it.
    const times = ['2024-12-29T12:00Z', '2024-12-30T12:00Z', '2025-01-05T12:00Z'];
    expect(keptTimes(times, { weekly: 2 })).toEqual(['2024-12-29T12:00', '2025-01-05T12:00']);
  });

  it('keeps the newest of each month', () => {
    const times = ['2025-01-01T00:00Z', '2025-01-31T23:59Z', '2025-02-01T00:00Z'];
    expect(keptTimes(times, { monthly: 12 })).toEqual(['2025-01-31T23:59', '2025-02-01T00:00']);
  });

  it('says which rule keeps an archive, and how much of it that uses up', () => {
    const [reasons] = applyKeepRules(at('2025-01-01T00:00Z'), { last: 3, monthly: 12 }).values();
    expect(reasons).toEqual(['last 1 of 3', 'monthly 1 of 12']);
  });
});

const NOW = new Date('2025-09-04T00:00:00Z');

const archives: fc.Arbitrary<readonly ListedArchive[]> = fc
  .array(
    fc.record({
      time: fc.date({ min: new Date('2025-06-01'), max: new Date('2025-10-01'), noInvalidDate: true }),
      kind: fc.constantFrom('restored' as const, 'skipped' as const, 'unknown' as const),
    }),
    { maxLength: 40 },
  )
  .map((made) =>
    made
      .toSorted((a, b) => b.time.getTime() - a.time.getTime())
      .map(({ time, kind }, index) => ({
        name: `${index}`,
        size: 1,
        time,
        ...(kind === 'unknown'
          ? { facts: undefined, problem: 'of another tool' }
          : {
              problem: undefined,
              facts: {
                environment: 'production',
                location: 'remote' as const,
                proof: { result: kind, at: null },
                rows: 0,
                photos: undefined,
              },
            }),
      })),
  );

const count = fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined });
const rules = fc
  .record({ last: count, daily: count, weekly: count, monthly: count })
  .filter((given) => Object.values(given).some((one) => one !== undefined));

describe('whatever archives there are, and whatever rules', () => {
  it('each is either kept for a reason or removed, and what must stay stays', () => {
    fc.assert(
      fc.property(archives, rules, (list, given) => {
        const { kept, removed } = planPrune(list, given, NOW);
        const stays = new Set(kept.map(({ archive }) => archive));
        expect(new Set([...stays, ...removed])).toEqual(new Set(list));
        expect(kept.length + removed.length).toBe(list.length);
        const past = list.filter(({ facts, time }) => facts !== undefined && time <= NOW);
        const proved = past.find(({ facts }) => facts?.proof.result === 'restored');
        if (proved !== undefined) expect(stays).toContain(proved);
        for (const archive of list) {
          if (archive.facts === undefined || archive.time > NOW) expect(stays).toContain(archive);
        }
        for (const archive of past.slice(0, given.last ?? 0)) expect(stays).toContain(archive);
        const most = Object.values(given).reduce<number>((sum, one) => sum + (one ?? 0), 1);
        expect(past.filter((archive) => stays.has(archive)).length).toBeLessThanOrEqual(most);
      }),
      fuzzRuns(500),
    );
  });

  it('a second run removes nothing more', () => {
    fc.assert(
      fc.property(archives, rules, (list, given) => {
        const stays = planPrune(list, given, NOW).kept.map(({ archive }) => archive);
        expect(planPrune(stays, given, NOW).removed).toEqual([]);
      }),
      fuzzRuns(500),
    );
  });

  it('a longer rule never keeps less', () => {
    fc.assert(
      fc.property(archives, rules, (list, given) => {
        const longer = Object.fromEntries(Object.entries(given).map(([name, one]) => [name, one && one + 1]));
        const stays = new Set(planPrune(list, longer, NOW).kept.map(({ archive }) => archive));
        for (const { archive } of planPrune(list, given, NOW).kept) expect(stays).toContain(archive);
      }),
      fuzzRuns(300),
    );
  });
});
