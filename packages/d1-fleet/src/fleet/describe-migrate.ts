import { D1Error } from 'd1-core/errors';
import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import { describeObstacle } from '../member/standing.ts';
import type { MigratePlan, MigrateResult } from './migrate.ts';
import { LIMIT } from './pace.ts';
import { describeErrors, errorsDocument, firstOf, identityOf } from './report.ts';

/** What a run will do, before it is confirmed. */
export function describePlan(target: Target, share: number, plan: MigratePlan): readonly string[] {
  const { waves, current, hindered, pending } = plan;
  const count = countIn(waves);
  const head = `${style.bold('Fleet')} · migrations of ${describeTarget(target)}`;
  if (count === 0) return [head, '', style.good(`All ${plural(current, 'database')} are up to date.`)];
  return [
    head,
    '',
    ...(pending.length === 0
      ? []
      : [`${plural(pending.length, 'migration')} to apply: ${pending.join(', ')}`]),
    ...describeWaves(waves),
    ...(current === 0 ? [] : [`${plural(current, 'database')} up to date already`]),
    ...(hindered === 0
      ? []
      : [
          style.warn(
            `${plural(hindered, 'database')} of them cannot be migrated, or could not be read: fleet-status says why. Each counts as a failure.`,
          ),
        ]),
    ...(target.environment.location === 'local' ? [] : [describeTime(count, share)]),
  ];
}

const countIn = (waves: MigratePlan['waves']): number =>
  waves.reduce((sum, { members }) => sum + members.length, 0);

export const describeWaves = (waves: MigratePlan['waves']): readonly string[] => [
  `${plural(countIn(waves), 'database')} in ${plural(waves.length, 'wave')}: ${waves.map(({ name, members }) => `${name} (${members.length})`).join(', ')}`,
];

/** At one request each, which is what a database takes that was seen before. */
export function describeTime(count: number, share: number): string {
  const minutes = Math.ceil((count * LIMIT.seconds) / (LIMIT.requests * share) / 60);
  return `${plural(count, 'request')} or more: about ${plural(minutes, 'minute')} at ${Math.round(share * 100)} % of what Cloudflare allows`;
}

export function describeMigrated(result: MigrateResult): readonly string[] {
  const { applied, current, refused, failed } = result;
  return [
    '',
    ...(applied.length > 0 ? [style.good(`✓ ${plural(applied.length, 'database')} migrated`)] : []),
    ...(current.length > 0 ? [`${plural(current.length, 'database')} had been migrated meanwhile`] : []),
    ...(refused.length > 0
      ? [style.bad(`${plural(refused.length, 'database')} not migrated, and not changed:`)]
      : []),
    ...firstOf(refused, ({ member, look: { standing } }) =>
      'names' in standing
        ? `  ${member.name}: ${describeObstacle(standing.state, standing.names)}`
        : `  ${member.name}: the plan has no group that passed with its history and schema`,
    ),
    ...describeErrors(failed, 'failed'),
    ...describeEnd(result, 'Run the same command again to go on; what was applied is not applied twice.'),
  ];
}

/** Why a run ended before its end, and what is left. */
export const describeEnd = (
  { stop, left }: Pick<MigrateResult, 'stop' | 'left'>,
  howToGoOn: string,
): readonly string[] => [
  ...(stop === undefined
    ? []
    : [
        '',
        style.bad(
          stop.reason === 'interrupted'
            ? `Interrupted in the wave ${stop.wave}.`
            : `Stopped in the wave ${stop.wave}: ${plural(stop.failed, 'database')} of it failed, more than --maxFailures allows.`,
        ),
      ]),
  ...(left.length > 0 ? [`${plural(left.length, 'database')} not begun. ${howToGoOn}`] : []),
];

/** 0 all have all migrations; 1 some failed; 3 ended before the last of them. */
export function exitCodeOf({ refused, failed, left, stop }: MigrateResult): 0 | 1 | 3 {
  if (refused.length > 0 || failed.length > 0) return 1;
  return stop !== undefined || left.length > 0 ? 3 : 0;
}

export function migratedDocument(target: Target, result: MigrateResult): object {
  const { plan, applied, current, refused, failed, left, stop } = result;
  return {
    target: targetDocument(target),
    waves: plan.waves.map(({ name, members }) => ({ name, databases: members.length })),
    pending: plan.pending,
    upToDate: plan.current,
    applied: applied.map(identityOf),
    current: current.map(identityOf),
    refused: refused.map(({ member, look }) => ({ ...identityOf(member), state: look.standing.state })),
    failed: errorsDocument(failed),
    left: left.map(identityOf),
    stop: stop ?? null,
  };
}

/** For the audit file, which notes one run: why not all databases have the migrations. */
export const errorOf = (result: MigrateResult): D1Error | undefined =>
  exitCodeOf(result) === 0
    ? undefined
    : incomplete(result.applied.length, 'migrated', result, result.refused.length);

/** The error of a run that did not do all that it should. */
export const incomplete = (
  done: number,
  what: string,
  { failed, left }: Pick<MigrateResult, 'failed' | 'left'>,
  refused = 0,
): D1Error =>
  new D1Error({
    code: 'fleet-incomplete',
    message: `${plural(done, 'database')} ${what}, ${refused + failed.reduce((sum, { members }) => sum + members.length, 0)} failed, ${left.length} not begun.`,
    fix: 'Look at "fleet-status", and run it again.',
  });
