import { plural, style, table } from 'd1-core/report';
import { describeRehearsal } from '../rehearse/index.ts';
import { describeTarget } from 'd1-core/target';
import type { PlannedMigration } from '../approval/index.ts';
import { describeQueries } from '../queries/index.ts';
import type { Plan } from './plan.ts';

/** A plan for people, and the files that it was written to. */
export function describePlan(plan: Plan, files: readonly string[]): readonly string[] {
  const { target, state, rehearsal, queries, problems } = plan;
  return [
    describeTarget(target),
    '',
    ...describeMigrations(state.migrations),
    ...describeFindings(plan),
    ...(queries === undefined ? [] : ['', ...describeQueries(queries)]),
    // Its first line says the target once more.
    ...(rehearsal === undefined ? [] : ['', ...describeRehearsal(rehearsal).slice(1)]),
    '',
    ...(problems.length === 0
      ? [
          style.good(
            files.length === 0 ? 'Nothing stands against applying it.' : 'The plan is ready to be approved.',
          ),
        ]
      : problems.map(({ message }) => style.bad(`✖ Not to be applied: ${message}`))),
    ...files.map((file) => `  ${file}`),
  ];
}

function describeMigrations(migrations: readonly PlannedMigration[]): readonly string[] {
  if (migrations.length === 0) return ['Nothing is pending.'];
  return [
    `${plural(migrations.length, 'pending migration')}, with the way back from each:`,
    ...table(migrations.map(({ name, rollback }) => [`  ${name}`, wayBack(rollback)])),
  ];
}

function wayBack({ class: kind, loses }: PlannedMigration['rollback']): string {
  switch (kind) {
    case 'exact':
      return style.good('exact');
    case 'schema-only':
      return style.warn(`schema only; not as before: ${loses.join('; ')}`);
    case 'irreversible':
      return style.warn('irreversible: only the bookmark or an archive');
    case 'none':
      return style.warn('no rollback script');
    case 'not-proved':
      return style.warn('the rollback script is not proved for this text');
  }
}

function describeFindings({ findings }: Plan): readonly string[] {
  if (findings.length === 0) return [];
  const signs = { error: style.bad('✖'), warning: style.warn('▲'), info: style.dim('●') } as const;
  return [
    '',
    style.bold('Lint'),
    ...findings.map(
      ({ severity, file, line, column, rule, message }) =>
        `  ${signs[severity]} ${file}:${line}:${column}  ${rule}  ${message}`,
    ),
  ];
}
