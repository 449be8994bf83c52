import { describeError, errorDocument, plural, style } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import { KEPT_ROWS } from 'd1-core/migrations';
import type { Survey } from '../survey/index.ts';
import type { GoBackResult, WayBack } from './go-back.ts';
import type { CountedLoss, RollbackPlan, RollbackResult } from './request.ts';
import type { UsableScript } from './scripts.ts';

/** Lines of a script that are shown before the question; the file has the rest. */
const SHOWN_LINES = 30;

/** What is shown before anything is changed. */
export function describeRollbackPlan({
  survey,
  scripts,
  losses,
  unchecked,
}: RollbackPlan): readonly string[] {
  return [
    describeTarget(survey.target),
    ...scripts.flatMap(describeScript),
    '',
    ...(losses.length === 0 && unchecked.length === 0
      ? ['Nothing that is in the database now will be lost.']
      : losses.length === 0
        ? []
        : [style.warn('What is in the database now, and will be lost:'), ...losses.map(describeLoss)]),
    ...unchecked.map((one) => style.warn(`Not checked: ${one}.`)),
  ];
}

function describeScript({
  name,
  path,
  class: kind,
  statements,
  losses,
  kept,
}: UsableScript): readonly string[] {
  const lines = statements.flatMap((sql) => `${sql};`.split('\n'));
  const more = lines.length - SHOWN_LINES;
  return [
    '',
    `${style.bold(name)} (${kind}${path === undefined ? ', by the script in the journal' : ''})`,
    ...lines.slice(0, SHOWN_LINES).map((line) => `  ${style.dim(line)}`),
    ...(more > 0 ? [style.dim(`  … ${plural(more, 'more line')}`)] : []),
    ...losses.map(({ table, column, what }) =>
      style.warn(`  Does not come back: ${table}${column === undefined ? '' : `.${column}`}: ${what}`),
    ),
    ...kept.map((table) => style.warn(`  Stays in ${table}: ${KEPT_ROWS}`)),
  ];
}

const describeLoss = ({ table, column, count }: CountedLoss): string =>
  column === undefined
    ? `  ${table}: ${plural(count, 'row')}`
    : `  ${table}.${column}: ${plural(count, 'value')}`;

/** What came of it. */
export function describeRollback({
  outcome,
  migrations,
  error,
  warnings,
  plan,
}: RollbackResult): readonly string[] {
  const lines = migrations.map(({ name, outcome: end }) =>
    end === 'rolled-back'
      ? `  ${style.good('✓')} ${name}`
      : `  ${end === 'failed' ? style.bad('✗') : '·'} ${name} (still applied)`,
  );
  const notes = warnings.map((warning) => style.warn(warning));
  switch (outcome) {
    case 'nothing-applied':
      return [describeTarget(plan.survey.target), '', 'Nothing is applied that could be rolled back.'];
    case 'dry-run':
      return ['', 'Dry run: nothing was changed.'];
    case 'rolled-back':
      return [
        '',
        ...lines,
        '',
        style.good(
          `${plural(migrations.length, 'migration')} rolled back; the schema is what it was before.`,
        ),
        ...notes,
      ];
    case 'failed':
      return ['', ...lines, '', ...describeError(error), ...notes];
  }
}

/** What is shown before a whole database goes back. */
export function describeWay({ target, state }: Survey, way: WayBack): readonly string[] {
  const time = way.strategy === 'snapshot' ? way.snapshot.time : way.bookmark.time;
  const what =
    way.strategy === 'snapshot'
      ? `the snapshot ${way.snapshot.id}, taken before ${way.snapshot.before.join(', ')}`
      : `the bookmark ${way.bookmark.bookmark}, taken before ${way.bookmark.migrations.join(', ')}`;
  return [
    describeTarget(target),
    '',
    `The database goes back to ${what}.`,
    style.warn(`Every write since ${time} is lost, in all tables.`),
    `Applied now: ${state.history.at(-1)?.name ?? 'nothing'}.`,
  ];
}

export function describeGoBack({ outcome, way, last, undo, warnings }: GoBackResult): readonly string[] {
  if (outcome === 'dry-run') return ['', 'Dry run: nothing was changed.'];
  return [
    '',
    style.good(`Restored. The last applied migration is ${last ?? 'none'}.`),
    ...(undo === undefined
      ? []
      : [
          style.dim(
            `  What it was before is in the ${way.strategy === 'snapshot' ? 'snapshot' : 'bookmark'} ${undo}.`,
          ),
        ]),
    ...warnings.map((warning) => style.warn(warning)),
  ];
}

/** The result for machines. */
export const rollbackDocument = ({
  plan,
  outcome,
  migrations,
  error,
  warnings,
  bookmark,
  snapshot,
}: RollbackResult): object => ({
  ...targetDocument(plan.survey.target),
  strategy: 'script',
  outcome,
  migrations: migrations.map((migration, index) => ({
    ...migration,
    class: plan.scripts[index]?.class ?? null,
    losses:
      plan.scripts[index]?.losses.map(({ table, column, what }) => ({
        table,
        column: column ?? null,
        what,
      })) ?? [],
    leaves: plan.scripts[index]?.kept ?? [],
  })),
  lostNow: plan.losses.map(({ table, column, count }) => ({ table, column: column ?? null, count })),
  unchecked: plan.unchecked,
  error: error === undefined ? null : errorDocument(error),
  warnings,
  bookmark,
  snapshot,
});

export const goBackDocument = ({ target, way, outcome, last, undo, warnings }: GoBackResult): object => ({
  ...targetDocument(target),
  strategy: way.strategy,
  outcome,
  to: way.strategy === 'snapshot' ? way.snapshot.id : way.bookmark.bookmark,
  lastApplied: last ?? null,
  undo: undo ?? null,
  warnings,
});
