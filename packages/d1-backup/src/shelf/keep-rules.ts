/** How many archives are kept, by rule. At least one has to be given. */
export interface KeepRules {
  /** The newest, so many. */
  readonly last?: number | undefined;
  /** The newest of each of the last days that have one, so many; weeks and months likewise. In UTC. */
  readonly daily?: number | undefined;
  readonly weekly?: number | undefined;
  readonly monthly?: number | undefined;
}

/** Something that was made at a time. */
interface Timed {
  readonly time: Date;
}

type Rule = keyof KeepRules;

const DAY = 24 * 60 * 60 * 1000;

/** What tells the periods of a rule apart. A week begins on Monday; 1970 began on a Thursday. */
const PERIODS: Readonly<Record<Rule, (time: Date, index: number) => string | number>> = {
  last: (_, index) => index,
  daily: (time) => Math.floor(time.getTime() / DAY),
  weekly: (time) => Math.floor((time.getTime() / DAY + 3) / 7),
  monthly: (time) => time.toISOString().slice(0, 7),
};

/**
 * Which of some things rules keep, and why. Each rule goes from the newest to the oldest and keeps the first of each
 * period until it has kept enough; the periods in which nothing was made do not count. Restic's `forget` does the same:
 * https://restic.readthedocs.io/en/stable/060_forget.html#removing-snapshots-according-to-a-policy
 */
export function applyKeepRules<Item extends Timed>(
  items: readonly Item[],
  rules: KeepRules,
): ReadonlyMap<Item, readonly string[]> {
  const newestFirst = items.toSorted((a, b) => b.time.getTime() - a.time.getTime());
  const kept = new Map<Item, string[]>();
  for (const [rule, count] of givenRules(rules)) {
    let last: string | number | undefined;
    let left = count;
    for (const [index, item] of newestFirst.entries()) {
      const period = PERIODS[rule](item.time, index);
      if (left === 0 || period === last) continue;
      last = period;
      left -= 1;
      kept.set(item, [...(kept.get(item) ?? []), `${rule} ${count - left} of ${count}`]);
    }
  }
  return kept;
}

/** Those that were given, in a fixed order. */
export function givenRules(rules: KeepRules): readonly (readonly [Rule, number])[] {
  const names = ['last', 'daily', 'weekly', 'monthly'] as const;
  return names.flatMap((name) => {
    const count = rules[name];
    return count === undefined ? [] : [[name, count] as const];
  });
}
