import type { JournalEntry } from 'd1-core/history';
import { plural, style, table } from 'd1-core/report';
import { describeOrigin, describeReason, paintAuditOutcome, type SealedEntry } from 'd1-core/audit';
import { describeTarget, targetDocument } from 'd1-core/target';
import { pastRuns, type PastRun } from './past-runs.ts';
import type { DatabaseHistory } from './read-history.ts';

/** Journal and audit file as lines for people, the newest run last, and what is applied without a row in the journal. */
export function describeHistory({ target, history, journal, audit }: DatabaseHistory): readonly string[] {
  const noted = new Set(journal.map(({ migration }) => migration));
  const others = history.filter(({ name }) => !noted.has(name));
  const rows = plural(journal.length, 'row');
  const lines = audit.length === 0 ? '' : `, ${plural(audit.length, 'line')} in the audit file`;
  return [
    describeTarget(target),
    ...pastRuns(journal, audit).flatMap((run) => describeRun(run, audit.length > 0)),
    ...(others.length === 0
      ? []
      : [
          '',
          'Applied without this tool:',
          ...others.map(({ name, appliedAt }) => `  ${appliedAt} UTC  ${name}`),
        ]),
    '',
    `${plural(history.length, 'migration')} in the history, ${rows} in the journal${lines}.`,
  ];
}

function describeRun({ time, journal, audit }: PastRun, isAudited: boolean): readonly string[] {
  const [first] = journal;
  const [line] = audit;
  if (first === undefined) return line === undefined ? [] : describeAuditOnly(line, audit);
  const { action, actor, commit, wranglerVersion, bookmark } = first;
  const by = [
    actor ?? 'somebody',
    ...(commit === null ? [] : [`commit ${commit.slice(0, 10)}`]),
    `wrangler ${wranglerVersion}`,
  ];
  return [
    '',
    `${style.bold(time)}  ${action} by ${by.join(', ')}`,
    ...(bookmark === null ? [] : [`  bookmark before it: ${bookmark}`]),
    ...table(ends(journal).map(({ migration, outcome }) => [`  ${migration ?? ''}`, paintOutcome(outcome)])),
    ...describeAuditOf(line, audit, isAudited),
  ];
}

function describeAuditOf(
  line: SealedEntry | undefined,
  audit: readonly SealedEntry[],
  isAudited: boolean,
): readonly string[] {
  if (line === undefined) return isAudited ? [style.warn('  not in the audit file')] : [];
  return [`  audit: ${lastOutcome(audit)} by ${describeOrigin(line)}`, ...describeReason(lastError(audit))];
}

/** A run that wrote nothing into the database, or whose rows are gone with a restore. */
function describeAuditOnly(line: SealedEntry, audit: readonly SealedEntry[]): readonly string[] {
  const isGone = audit.some(({ outcome, migrations }) => outcome === 'done' && migrations.length > 0);
  return [
    '',
    `${style.bold(line.time)}  ${line.action} ${lastOutcome(audit)} by ${describeOrigin(line)}`,
    ...describeReason(lastError(audit)),
    ...(isGone ? [style.warn('  not in the journal: the database was restored to an earlier state')] : []),
  ];
}

const lastError = (audit: readonly SealedEntry[]) => audit.at(-1)?.error ?? null;

function lastOutcome(audit: readonly SealedEntry[]): string {
  const outcome = audit.at(-1)?.outcome ?? 'started';
  return outcome === 'started' ? style.warn('started, and no end was written') : paintAuditOutcome(outcome);
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
export const historyDocument = ({ target, history, journal, stamp, audit }: DatabaseHistory): object => ({
  ...targetDocument(target),
  stamp: stamp ?? null,
  history,
  journal,
  audit: audit.map(({ line, text, entry }) => ({ line, ...(entry ?? { text }) })),
  runs: pastRuns(journal, audit).map(({ run, time, ...past }) => ({
    run,
    time,
    action: past.journal[0]?.action ?? past.audit[0]?.action ?? 'unknown',
    journal: past.journal.map(({ id }) => id),
    audit: past.audit.map(({ sequence }) => sequence),
  })),
});
