import type { D1Error } from 'd1-core/errors';
import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import { describeRollbackPlan as describeOne } from 'd1-migrate/source';
import { describeEnd, describeWaves, incomplete } from './describe-migrate.ts';
import { describeErrors, errorsDocument, identityOf } from './report.ts';
import type { FleetRollbackPlan, FleetRollbackResult } from './rollback.ts';

/** What a run will do, before it is confirmed. */
export function describeRollbackPlan(target: Target, plan: FleetRollbackPlan): readonly string[] {
  const { migration, waves, without, hindered, first } = plan;
  const head = `${style.bold('Fleet')} · migrations of ${describeTarget(target)}`;
  if (migration === undefined || first === undefined)
    return [
      head,
      '',
      migration === undefined
        ? 'No database has a migration that could be rolled back.'
        : `No database has ${migration} as its last migration.`,
    ];
  const [, ...script] = describeOne(first.plan);
  return [
    head,
    '',
    `To roll back: ${migration}`,
    ...describeWaves(waves),
    ...(without === 0 ? [] : [`${plural(without, 'database')} without it`]),
    ...(hindered === 0
      ? []
      : [
          style.warn(
            `${plural(hindered, 'database')} of them applied later migrations as well, or could not be read. Each counts as a failure.`,
          ),
        ]),
    '',
    `In ${first.member.name}, the first of them:`,
    ...script,
  ];
}

export function describeRolledBack(result: FleetRollbackResult): readonly string[] {
  const { plan, rolledBack, losses, without, failed } = result;
  return [
    '',
    ...(rolledBack.length > 0
      ? [style.good(`✓ ${plan.migration} rolled back on ${plural(rolledBack.length, 'database')}`)]
      : []),
    ...(without.length > 0 ? [`${plural(without.length, 'database')} did not have it any more`] : []),
    ...losses.map(({ table, column, count }) =>
      style.warn(
        column === undefined
          ? `  lost with it: ${plural(count, 'row')} of ${table}`
          : `  lost with it: ${plural(count, 'value')} of ${table}.${column}`,
      ),
    ),
    ...describeErrors(failed, 'failed'),
    ...describeEnd(result, `Run it again with --migration=${plan.migration} to go on.`),
  ];
}

/** 0 no database of the waves has it as its last; 1 some failed; 3 ended before the last of them. */
export function exitCodeOf({ failed, left, stop }: FleetRollbackResult): 0 | 1 | 3 {
  if (failed.length > 0) return 1;
  return stop !== undefined || left.length > 0 ? 3 : 0;
}

/** For the audit file, which notes one run: why it was not rolled back everywhere. */
export const errorOf = (result: FleetRollbackResult): D1Error | undefined =>
  exitCodeOf(result) === 0 ? undefined : incomplete(result.rolledBack.length, 'rolled back', result);

export function rolledBackDocument(target: Target, result: FleetRollbackResult): object {
  const { plan, rolledBack, losses, without, failed, left, stop } = result;
  return {
    target: targetDocument(target),
    migration: plan.migration ?? null,
    waves: plan.waves.map(({ name, members }) => ({ name, databases: members.length })),
    without: plan.without + without.length,
    rolledBack: rolledBack.map(identityOf),
    lost: losses.map(({ table, column, count }) => ({ table, column: column ?? null, count })),
    failed: errorsDocument(failed),
    left: left.map(identityOf),
    stop: stop ?? null,
  };
}
