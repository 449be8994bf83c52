import { commandLine } from 'd1-core/door';
import { plural, style, table } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import { describeTime } from './describe-migrate.ts';
import { isReady, type FleetPlan } from './plan.ts';
import { identityOf } from './report.ts';

/** What a plan found, for people. `file` is where it was written. */
export function describeFleetPlan(
  target: Target,
  share: number,
  plan: FleetPlan,
  file: string | undefined,
): readonly string[] {
  const { current, hindered, behind, reports } = plan;
  const { groups } = plan.file;
  return [
    `${style.bold('Fleet')} · migrations of ${describeTarget(target)}`,
    '',
    ...(groups.length === 0 ? ['Nothing is pending in any database.'] : []),
    ...table(
      groups.map(({ databases, history, schema, pending, rehearsals, passed }) => [
        String(databases),
        history.length === 0 ? 'no migration' : `at ${history.at(-1)}`,
        `schema ${schema.slice(0, 8)}`,
        `${pending.length} pending`,
        passed
          ? style.good(`✓ rehearsed on ${rehearsals.map(({ name }) => name).join(', ')}`)
          : style.bad(
              `✖ ${rehearsals
                .filter(({ outcome }) => outcome !== 'passed')
                .map(({ name, outcome }) => `${name}: ${outcome}`)
                .join(', ')}`,
            ),
      ]),
    ),
    ...(current.length === 0 ? [] : [`${plural(current.length, 'database')} up to date already`]),
    ...(hindered.length === 0
      ? []
      : [
          style.bad(
            `${plural(hindered.length, 'database')} cannot be migrated, or could not be read: ${commandLine('d1-fleet:status')} says why.`,
          ),
        ]),
    ...reports.flatMap(({ member, lines }) => ['', style.bold(member.name), ...lines]),
    ...(behind === 0
      ? []
      : [
          '',
          ...(target.environment.location === 'local' ? [] : [describeTime(behind, share)]),
          `Up to ${plural(rowsOf(plan), 'row')} in the tables that they write, in all databases together, by those that were rehearsed.`,
        ]),
    ...(file === undefined ? [] : ['', `Written to ${file}.`]),
    ...(groups.length > 0 && isReady(plan)
      ? [`To apply it: ${commandLine('d1-fleet:migrate', `--plan=${file ?? '<file>'}`)}`]
      : []),
  ];
}

/** The most rows of a rehearsal in a group, for each of its databases. */
const rowsOf = ({ file }: FleetPlan): number =>
  file.groups.reduce((sum, { databases, rehearsals }) => {
    const most = Math.max(0, ...rehearsals.map(({ rows }) => rows));
    return sum + databases * most;
  }, 0);

/** What a plan found, for machines. */
export const fleetPlanDocument = (target: Target, plan: FleetPlan): object => ({
  target: targetDocument(target),
  ready: isReady(plan),
  groups: plan.file.groups,
  upToDate: plan.current.length,
  behind: plan.behind,
  hindered: plan.hindered.map(identityOf),
  rowsWritten: rowsOf(plan),
  hash: plan.file.hash,
});
