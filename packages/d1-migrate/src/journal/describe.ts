import type { JournalEntry } from 'd1-core/history';
import { plural, style, table } from 'd1-core/report';
import { describeTarget, targetDocument } from '../target/index.ts';
import type { DatabaseHistory } from './read-history.ts';

/** The journal as lines for people, the newest run last, and what is applied without a row in it. */
export function describeHistory({ target, history, journal }: DatabaseHistory): readonly string[] {
  const noted = new Set(journal.map(({ migration }) => migration));
  const others = history.filter(({ name }) => !noted.has(name));
  return [
    describeTarget(target),
    ...[...Map.groupBy(journal, ({ run }) => run).values()].flatMap(describeRun),
    ...(others.length === 0
      ? []
      : [
          '',
          'Applied without this tool:',
          ...others.map(({ name, appliedAt }) => `  ${appliedAt} UTC  ${name}`),
        ]),
    '',
    `${plural(history.length, 'migration')} in the history, ${plural(journal.length, 'row')} in the journal.`,
  ];
}

function describeRun(entries: readonly JournalEntry[]): readonly string[] {
  const [first] = entries;
  if (first === undefined) return [];
  const { time, action, actor, commit, wranglerVersion, bookmark } = first;
  const by = [
    actor ?? 'somebody',
    ...(commit === null ? [] : [`commit ${commit.slice(0, 10)}`]),
    `wrangler ${wranglerVersion}`,
  ];
  return [
    '',
    `${style.bold(time)}  ${action} by ${by.join(', ')}`,
    ...(bookmark === null ? [] : [`  bookmark before it: ${bookmark}`]),
    ...table(ends(entries).map(({ migration, outcome }) => [`  ${migration ?? ''}`, paintOutcome(outcome)])),
  ];
}

/** The last row of each migration: `started` counts only where no end was written. */
function ends(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  return [...new Map(entries.map((entry) => [entry.migration, entry])).values()];
}

function paintOutcome(outcome: JournalEntry['outcome']): string {
  switch (outcome) {
    case 'applied':
      return style.good(outcome);
    case 'started':
      return style.warn('started, and no end was written');
    default:
      return style.bad(outcome);
  }
}

/** The history as the JSON report carries it. */
export const historyDocument = ({ target, history, journal, stamp }: DatabaseHistory): object => ({
  ...targetDocument(target),
  stamp: stamp ?? null,
  history,
  journal,
});
