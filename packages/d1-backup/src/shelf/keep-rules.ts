import { D1Error } from 'd1-core/errors';

/** How many archives are kept, by rule. At least one has to be given. */
export interface KeepRules {
  /** The newest, so many. */
  readonly last?: number | undefined;
  /** The newest of each of the last days that have one, so many; weeks and months likewise. In the time zone that is given. */
  readonly daily?: number | undefined;
  readonly weekly?: number | undefined;
  readonly monthly?: number | undefined;
}

/** Something that was made at a time. */
interface Timed {
  readonly time: Date;
  /** What makes one newer than another, where that is not the time. */
  readonly order?: Date;
}

type Rule = keyof KeepRules;

const DAY = 24 * 60 * 60 * 1000;

/** The day of a time in a time zone, as the time of its beginning in UTC. */
function dayIn(zone: string): (time: Date) => number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    calendar: 'gregory',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  return (time) => {
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day'));
  };
}

/** What tells the periods of a rule apart. A week begins on Monday; 1970 began on a Thursday. */
const PERIODS: Readonly<Record<Rule, (day: number, index: number) => string | number>> = {
  last: (_, index) => index,
  daily: (day) => day,
  weekly: (day) => Math.floor((day / DAY + 3) / 7),
  monthly: (day) => new Date(day).toISOString().slice(0, 7),
};

/**
 * Which of some things rules keep, and why. Each rule goes from the newest to the oldest and keeps the first of each
 * period until it has kept enough; the periods in which nothing was made do not count. Restic's `forget` does the same:
 * https://restic.readthedocs.io/en/stable/060_forget.html#removing-snapshots-according-to-a-policy
 */
export function applyKeepRules<Item extends Timed>(
  items: readonly Item[],
  rules: KeepRules,
  zone = 'UTC',
): ReadonlyMap<Item, readonly string[]> {
  const orderOf = ({ time, order = time }: Item) => order.getTime();
  const newestFirst = items.toSorted(
    (a, b) => orderOf(b) - orderOf(a) || b.time.getTime() - a.time.getTime(),
  );
  const dayOf = dayIn(zone);
  const kept = new Map<Item, string[]>();
  for (const [rule, most] of givenRules(rules)) {
    const periods = new Set<string | number>();
    for (const [index, item] of newestFirst.entries()) {
      const period = PERIODS[rule](dayOf(item.time), index);
      if (periods.size === most || periods.has(period)) continue;
      periods.add(period);
      kept.set(item, [...(kept.get(item) ?? []), `${rule} ${periods.size} of ${most}`]);
    }
  }
  return kept;
}

/** Throws D1Error `invalid-time-zone`. */
export function requireTimeZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch (cause) {
    throw new D1Error({
      code: 'invalid-time-zone',
      message: `"${zone}" is not a time zone.`,
      fix: 'Write a name of the IANA, such as --timeZone=Europe/Berlin, or leave it out for UTC.',
      notes: ['Nothing was deleted.'],
      exitCode: 2,
      cause,
    });
  }
}

/** Those that were given, in a fixed order. */
export function givenRules(rules: KeepRules): readonly (readonly [Rule, number])[] {
  const names = ['last', 'daily', 'weekly', 'monthly'] as const;
  return names.flatMap((name) => {
    const count = rules[name];
    return count === undefined ? [] : [[name, count] as const];
  });
}
