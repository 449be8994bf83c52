import { commandLine } from 'd1-core/door';
import type { MigrationFile } from 'd1-core/migrations';
import { describeError, errorDocument, plural, style } from 'd1-core/report';
import { describeTarget, type Target, targetDocument } from 'd1-core/target';
import { describeExamples, describeLosses } from '../loss/index.ts';
import { isConsistent, type Survey } from '../survey/index.ts';
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
            `${others.map(({ name }) => name).join(', ')}: not as they should be; see "${commandLine('d1-migrate:status')}".`,
          ),
        ]),
  ];
}

/** Said once more, because nothing else will stop what the rehearsal would have found. */
export const describeSkippedRehearsal = ({ environment }: Target): readonly string[] =>
  environment.protected
    ? [
        '',
        style.warn(
          'The rehearsal is skipped: what these migrations do to the data is not known. The journal notes it.',
        ),
      ]
    : [];

/** What came of it. */
export function describeResult(result: MigrateResult): readonly string[] {
  const { outcome, migrations, losses, examples, compared, error, warnings, durationMs, survey } = result;
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
        ...describeLosses(losses),
        '',
        style.good(`${plural(migrations.length, 'migration')} applied in ${seconds}.`),
        ...(compared === undefined || compared === 'not-possible' ? [] : [style.dim(COMPARED[compared])]),
        ...notes,
      ];
    case 'failed':
    case 'rows-lost':
    case 'not-as-checked':
      return [
        '',
        ...lines,
        ...describeLosses(losses),
        '',
        ...describeExamples(examples),
        ...describeError(error),
        ...notes,
      ];
  }
}

const COMPARED = {
  'every-row': 'Every row of before was compared with the snapshot.',
  'not-needed': 'No row of before was compared: nothing that was applied can touch one.',
} as const;

const SIGNS: Readonly<Record<MigrationResult['outcome'], string>> = {
  applied: style.good('✔'),
  failed: style.bad('✖'),
  'not-run': style.dim('·'),
};

/** A result as the JSON report carries it. */
export function migrateDocument({
  survey,
  outcome,
  migrations,
  error,
  warnings,
  bookmark,
  snapshot,
  losses,
  compared,
  durationMs,
}: MigrateResult): object {
  return {
    ...targetDocument(survey.target),
    outcome,
    migrations,
    warnings,
    bookmark,
    snapshot,
    losses,
    ...(compared === undefined ? {} : { compared }),
    durationMs: Math.round(durationMs),
    ...(error === undefined ? {} : { error: errorDocument(error) }),
  };
}
