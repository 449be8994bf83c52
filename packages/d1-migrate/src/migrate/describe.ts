import { describeError, plural, style } from 'd1-core/report';
import type { MigrationFile } from 'd1-core/migrations';
import { describeTarget, type Target } from '../target/index.ts';
import { isConsistent, type Survey } from '../status/index.ts';
import type { MigrateResult, MigrationResult } from './migrate.ts';

/** What is shown before anything is changed. */
export function describePending(survey: Survey, pending: readonly MigrationFile[]): readonly string[] {
  const others = survey.migrations.filter((migration) => !isConsistent(migration));
  return [
    describeTarget(survey.target),
    '',
    `${plural(pending.length, 'pending migration')}:`,
    ...pending.map(({ name }) => `  ${name}`),
    ...(others.length === 0
      ? []
      : [
          '',
          style.warn(
            `${others.map(({ name }) => name).join(', ')}: not as they should be; see the target "status".`,
          ),
        ]),
  ];
}

/** The way back, shown before a remote database is changed. */
export function describeBookmark({ environment, database }: Target, bookmark: string): readonly string[] {
  const restore = `npx wrangler d1 time-travel restore ${database.binding} --env=${environment.wranglerEnv} --bookmark=${bookmark}`;
  return [
    '',
    `Bookmark before this run: ${bookmark}`,
    style.dim(`  ${restore} goes back to it, and loses every write since.`),
  ];
}

/** What came of it. */
export function describeResult(result: MigrateResult): readonly string[] {
  const { outcome, migrations, error, warnings, durationMs, survey } = result;
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  const lines = migrations.map(
    ({ name, outcome: end }) => `  ${SIGNS[end]} ${name}${end === 'not-run' ? ' (not run)' : ''}`,
  );
  const notes = warnings.map((warning) => style.warn(warning));
  switch (outcome) {
    case 'nothing-pending':
      return [describeTarget(survey.target), '', style.good('Nothing is pending.')];
    case 'dry-run':
      return ['', 'Dry run: nothing was changed.'];
    case 'applied':
      return [
        '',
        ...lines,
        '',
        style.good(`${plural(migrations.length, 'migration')} applied in ${seconds}.`),
        ...notes,
      ];
    case 'failed':
      return ['', ...lines, '', ...describeError(error), ...notes];
  }
}

const SIGNS: Readonly<Record<MigrationResult['outcome'], string>> = {
  applied: style.good('✔'),
  failed: style.bad('✖'),
  'not-run': style.dim('·'),
};
