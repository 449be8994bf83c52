import type { PlannedMigration, PlannedState } from './plan.ts';

/** How what is there now differs from what a plan was of, each in a sentence. None when the plan holds. */
export function planDifferences(plan: PlannedState, now: PlannedState): readonly string[] {
  return [
    ...historyDifferences(plan.applied, now.applied),
    ...migrationDifferences(plan, now),
    ...(plan.schema === now.schema
      ? []
      : ['The schema of the database is not the one that the plan was made on.']),
    ...versionDifference('wrangler', plan.wranglerVersion, now.wranglerVersion),
    ...versionDifference('d1-migrate', plan.pluginVersion, now.pluginVersion),
  ];
}

/** Whether exactly what a plan was to do has been done, and nothing else: a second run has nothing left to do. */
export function isDone(plan: PlannedState, now: PlannedState): boolean {
  const wanted = [...plan.applied, ...plan.migrations.map(({ name }) => name)];
  return plan.migrations.length > 0 && now.migrations.length === 0 && isSameList(wanted, now.applied);
}

function historyDifferences(then: readonly string[], now: readonly string[]): readonly string[] {
  return [
    ...without(now, then).map((name) => `${name} has been applied since the plan was made.`),
    ...without(then, now).map((name) => `${name} was applied when the plan was made, and is not any more.`),
    ...(isReordered(then, now) ? ['The history has another order than when the plan was made.'] : []),
  ];
}

function migrationDifferences(plan: PlannedState, now: PlannedState): readonly string[] {
  const planned = plan.migrations.map(({ name }) => name);
  const pending = now.migrations.map(({ name }) => name);
  const found = new Map(now.migrations.map((migration) => [migration.name, migration]));
  return [
    ...without(pending, planned).map((name) => `${name} is pending, and not in the plan.`),
    ...without(planned, [...pending, ...now.applied]).map(
      (name) => `${name} is in the plan, and its file is gone.`,
    ),
    ...plan.migrations.flatMap((then) => fileDifferences(then, found.get(then.name))),
    ...(isReordered(planned, pending) ? ['The migrations would run in another order than in the plan.'] : []),
  ];
}

function fileDifferences(then: PlannedMigration, now: PlannedMigration | undefined): readonly string[] {
  if (now === undefined) return [];
  const extent = then.tokens === now.tokens ? ', in comments or white space only' : '';
  return [
    ...(then.raw === now.raw ? [] : [`${now.name} has been changed since the plan was made${extent}.`]),
    ...(then.rollback.checksum === now.rollback.checksum
      ? []
      : [`The rollback script of ${now.name} is not the one of the plan.`]),
  ];
}

const versionDifference = (tool: string, then: string, now: string): readonly string[] =>
  then === now ? [] : [`The plan was made with ${tool} ${then}, and this is ${now}.`];

const without = (names: readonly string[], others: readonly string[]): readonly string[] =>
  names.filter((name) => !others.includes(name));

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

const isReordered = (one: readonly string[], other: readonly string[]): boolean =>
  !isSameList(one, other) && isSameList(one.toSorted(), other.toSorted());
