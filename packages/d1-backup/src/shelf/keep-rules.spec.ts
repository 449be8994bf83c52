import { fuzzRuns } from 'd1-core/testing';
import fc from 'fast-check';
import { applyKeepRules, requireTimeZone, type KeepRules } from './keep-rules.ts';
import { newestFirst, type ListedArchive } from './list-archives.ts';
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

  it('counts days in the time zone that is given', () => {
    const times = at('2025-01-01T22:30Z', '2025-01-01T23:30Z', '2025-01-02T10:00Z');
    const kept = [...applyKeepRules(times, { daily: 2 }, 'Europe/Berlin').keys()];
    expect(kept.map(({ time }) => time.toISOString().slice(0, 16))).toEqual([
      '2025-01-02T10:00',
      '2025-01-01T22:30',
    ]);
    expect(() => requireTimeZone('Mars/Olympus')).toThrow('is not a time zone');
  });

  it('says which rule keeps an archive, and how much of it that uses up', () => {
    const [reasons] = applyKeepRules(at('2025-01-01T00:00Z'), { last: 3, monthly: 12 }).values();
    expect(reasons).toEqual(['last 1 of 3', 'monthly 1 of 12']);
  });
});

const NOW = new Date('2025-09-04T00:00:00Z');

const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kathmandu'];

const time = fc.date({ min: new Date('2025-06-01'), max: new Date('2025-10-01'), noInvalidDate: true });

/** Archives of several kinds; the clock of some had gone back. */
const archives: fc.Arbitrary<readonly ListedArchive[]> = fc
  .array(
    fc.record({
      time,
      notBefore: fc.option(time, { nil: undefined, freq: 5 }),
      kind: fc.constantFrom('restored' as const, 'skipped' as const, 'unknown' as const),
      database: fc.constantFrom('app', 'app', 'other', undefined),
      photos: fc.constantFrom(3, undefined),
    }),
    { maxLength: 40 },
  )
  .map((made) =>
    made
      .map(({ time, notBefore, kind, database, photos }, index): ListedArchive => ({
        name: `${index}`,
        size: 1,
        time,
        order: notBefore !== undefined && notBefore > time ? notBefore : time,
        manifest: undefined,
        ...(kind === 'unknown'
          ? { facts: undefined, problem: 'of another tool' }
          : {
              problem: undefined,
              facts: {
                environment: 'production',
                location: 'remote',
                startedAt: time.toISOString(),
                notBefore: notBefore?.toISOString(),
                proof: { result: kind, at: null },
                database,
                rows: database === undefined ? undefined : 0,
                photos: database === undefined ? 3 : photos,
              },
            }),
      }))
      .toSorted(newestFirst),
  );

const kindOf = ({ facts }: ListedArchive): string =>
  `${facts?.database} ${facts?.photos === undefined ? 'alone' : 'with objects'}`;

/** The day in a time zone, as other code has it, and the Monday and the month of it. */
function periodsOf({ time }: ListedArchive, zone: string) {
  const daily = time.toLocaleDateString('sv-SE', { timeZone: zone });
  const monday = new Date(`${daily}T12:00:00Z`);
  while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1);
  return { daily, weekly: monday.toISOString().slice(0, 10), monthly: daily.slice(0, 7) };
}

/** What stays, found the slow way: for each place that a rule has left, all archives are looked through for the newest. */
function staysByModel(
  list: readonly ListedArchive[],
  rules: KeepRules,
  zone: string,
): ReadonlySet<ListedArchive> {
  const stays = new Set(list.filter(({ facts, time }) => facts === undefined || time > NOW));
  const newestOf = (some: readonly ListedArchive[]) => some.toSorted(newestFirst)[0];
  for (const kind of new Set(list.map(kindOf))) {
    const group = list.filter((one) => one.facts !== undefined && one.time <= NOW && kindOf(one) === kind);
    const proved = newestOf(group.filter(({ facts }) => facts?.proof.result === 'restored'));
    if (proved !== undefined) stays.add(proved);
    for (const rule of ['last', 'daily', 'weekly', 'monthly'] as const) {
      const periodOf = (one: ListedArchive) => (rule === 'last' ? one.name : periodsOf(one, zone)[rule]);
      const taken: string[] = [];
      for (let left = rules[rule] ?? 0; left > 0; left--) {
        const next = newestOf(group.filter((one) => !taken.includes(periodOf(one))));
        if (next === undefined) break;
        taken.push(periodOf(next));
        stays.add(next);
      }
    }
  }
  return stays;
}

const count = fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined });
const rules = fc
  .record({ last: count, daily: count, weekly: count, monthly: count })
  .filter((given) => Object.values(given).some((one) => one !== undefined));

describe('whatever archives there are, and whatever rules', () => {
  it('what stays is what a slow model keeps, the newest proved one of each kind above all', () => {
    fc.assert(
      fc.property(archives, rules, fc.constantFrom(...ZONES), (list, given, zone) => {
        const { groups, kept, removed } = planPrune(list, given, NOW, zone);
        const stays = new Set(kept.map(({ archive }) => archive));
        expect(stays).toEqual(staysByModel(list, given, zone));
        expect(new Set([...stays, ...removed])).toEqual(new Set(list));
        expect(kept.length + removed.length).toBe(list.length);
        expect(groups.flatMap((group) => group.archives)).toHaveLength(list.length);
        expect(kept.every(({ reasons }) => reasons.length > 0)).toBe(true);
      }),
      fuzzRuns(300, 20_000),
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
