import { D1Error, isD1Error } from 'd1-core/errors';
import { applyKeepRules, givenRules, requireTimeZone, type KeepRules } from './keep-rules.ts';
import {
  listArchives,
  newestFirst,
  type ListedArchive,
  type Shelf,
  type ShelfFile,
} from './list-archives.ts';

export interface PruneRequest {
  readonly shelf: Shelf;
  /** Only archives of this environment are deleted. */
  readonly environment: string;
  readonly rules: KeepRules;
  readonly dryRun: boolean;
  readonly now: Date;
  /** In which days, weeks and months are counted; UTC without it. */
  readonly timeZone?: string | undefined;
  /** Called before each archive is deleted. */
  readonly onDelete?: ((archive: ListedArchive) => void) | undefined;
}

export interface KeptArchive {
  readonly archive: ListedArchive;
  readonly reasons: readonly string[];
}

/** Archives of the same: rules and the newest proved one are for each group, so that none pushes out those of another. */
export interface PruneGroup {
  /** Undefined for archives without a database, and for files that are not known to be archives. */
  readonly database: string | undefined;
  readonly contents: 'database' | 'objects' | 'database and objects' | 'unknown';
  /** Newest first. */
  readonly archives: readonly ListedArchive[];
}

export interface PrunePlan {
  readonly groups: readonly PruneGroup[];
  /** Newest first, like the others. */
  readonly kept: readonly KeptArchive[];
  /** What no rule keeps. */
  readonly removed: readonly ListedArchive[];
}

export interface PruneResult extends PrunePlan {
  readonly place: string;
  readonly environment: string;
  readonly dryRun: boolean;
  /** Bytes of what was deleted; in a dry run of what would be. */
  readonly freed: number;
  readonly failed: readonly { readonly archive: ListedArchive; readonly reason: string }[];
  /** Archives of other environments, which were not looked at further. */
  readonly others: number;
  readonly unfinished: readonly ShelfFile[];
}

/**
 * Deletes the archives of an environment that no rule keeps, the oldest first. What is not known to be one of them by
 * its name and its metadata stays, and so does the newest proved one. Throws D1Error `no-keep-rule`, and what the shelf
 * throws while it is listed; what cannot be deleted is part of the result.
 */
export async function prune({
  shelf,
  environment,
  rules,
  dryRun,
  now,
  timeZone,
  onDelete = () => undefined,
}: PruneRequest): Promise<PruneResult> {
  if (givenRules(rules).length === 0) throw noRule();
  const { place, archives, unfinished } = await listArchives(shelf);
  const own = archives.filter(({ facts }) => facts === undefined || facts.environment === environment);
  const plan = planPrune(own, rules, now, requireTimeZone(timeZone ?? 'UTC'));
  const failed: { archive: ListedArchive; reason: string }[] = [];
  for (const archive of dryRun ? [] : plan.removed.toReversed()) {
    onDelete(archive);
    try {
      await shelf.remove(archive);
      if (archive.manifest !== undefined) await shelf.remove(archive.manifest);
    } catch (error) {
      failed.push({ archive, reason: reasonOf(error) });
    }
  }
  const gone = plan.removed.filter((archive) => failed.every((one) => one.archive !== archive));
  return {
    ...plan,
    place,
    environment,
    dryRun,
    freed: gone.reduce((total, { size }) => total + size, 0),
    failed,
    others: archives.length - own.length,
    unfinished,
  };
}

/**
 * Decides which archives of one environment stay, group by group. Those of the future are kept and not counted: one wrong
 * clock would otherwise take the place of all that are right.
 */
export function planPrune(
  archives: readonly ListedArchive[],
  rules: KeepRules,
  now: Date,
  timeZone = 'UTC',
): PrunePlan {
  const groups = groupsOf(archives);
  const judged = groups
    .flatMap(({ archives }) => judge(archives, rules, now, timeZone))
    .sort((a, b) => newestFirst(a.archive, b.archive));
  return {
    groups,
    kept: judged.filter(({ reasons }) => reasons.length > 0),
    removed: judged.filter(({ reasons }) => reasons.length === 0).map(({ archive }) => archive),
  };
}

function groupsOf(archives: readonly ListedArchive[]): readonly PruneGroup[] {
  const groups = new Map<string, PruneGroup & { readonly archives: ListedArchive[] }>();
  for (const archive of archives.toSorted(newestFirst)) {
    const { facts } = archive;
    const database = facts?.database;
    const contents = contentsOf(facts);
    const key = JSON.stringify([database, contents]);
    const group = groups.get(key) ?? { database, contents, archives: [] };
    group.archives.push(archive);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function contentsOf(facts: ListedArchive['facts']): PruneGroup['contents'] {
  if (facts === undefined) return 'unknown';
  if (facts.database === undefined) return 'objects';
  return facts.photos === undefined ? 'database' : 'database and objects';
}

/** `archives` are of one group, newest first. */
function judge(
  archives: readonly ListedArchive[],
  rules: KeepRules,
  now: Date,
  timeZone: string,
): readonly KeptArchive[] {
  const known = archives.filter(({ facts, time }) => facts !== undefined && time <= now);
  const byRule = applyKeepRules(known, rules, timeZone);
  const newestProved = known.find(({ facts }) => facts?.proof.result === 'restored');
  return archives.map((archive) => ({
    archive,
    reasons: [
      ...(archive.problem === undefined
        ? []
        : [`not known to be an archive of this tool: ${archive.problem}`]),
      ...(archive.facts !== undefined && archive.time > now ? ['from the future'] : []),
      ...(archive === newestProved ? ['the newest proved one'] : []),
      ...(byRule.get(archive) ?? []),
    ],
  }));
}

const noRule = (): D1Error =>
  new D1Error({
    code: 'no-keep-rule',
    message: 'No rule says what to keep.',
    fix: 'Give at least one, such as --keepDaily=7 --keepWeekly=5 --keepMonthly=12, first with --dryRun.',
    notes: ['Nothing was deleted.'],
    exitCode: 2,
  });

const reasonOf = (error: unknown): string =>
  isD1Error(error) || error instanceof Error ? error.message : String(error);
