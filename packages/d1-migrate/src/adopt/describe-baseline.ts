import { plural, style } from 'd1-core/report';
import { describeTarget, targetDocument } from 'd1-core/target';
import type { BaselinePlan, BaselineResult } from './baseline.ts';

/** What is shown before anything is written. */
export const describeBaselinePlan = ({
  survey,
  last,
  recorded,
  accepted,
  forgotten,
}: BaselinePlan): readonly string[] => [
  describeTarget(survey.target),
  '',
  `The schema of this database is what the migrations up to ${last.name} give.`,
  ...list('Recorded as applied, without running them', recorded),
  ...list('Applied from another file, and taken as they are now', accepted),
  ...list('Taken out of the history, because no file of them is here', forgotten),
  style.dim('Not checked: the rows. What a migration does to rows cannot be seen in the schema.'),
];

const list = (heading: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : ['', `${heading}:`, ...names.map((name) => `  ${name}`), ''];

/** What came of it. */
export function describeBaseline({ plan, outcome, warnings }: BaselineResult): readonly string[] {
  const notes = warnings.map((warning) => style.warn(warning));
  switch (outcome) {
    case 'nothing-to-record':
      return [
        describeTarget(plan.survey.target),
        '',
        style.good(`Nothing to record: the history has everything up to ${plan.last.name}.`),
      ];
    case 'dry-run':
      return ['', 'Dry run: nothing was changed.'];
    case 'recorded':
      return [
        '',
        style.good(
          `${plural(plan.recorded.length + plan.accepted.length, 'migration')} recorded; the next "migrate" continues after ${plan.last.name}.`,
        ),
        ...notes,
      ];
  }
}

/** The result for machines. */
export const baselineDocument = ({ plan, outcome, bookmark, warnings }: BaselineResult): object => ({
  ...targetDocument(plan.survey.target),
  outcome,
  last: plan.last.name,
  recorded: plan.recorded,
  accepted: plan.accepted,
  forgotten: plan.forgotten,
  bookmark,
  warnings,
});
