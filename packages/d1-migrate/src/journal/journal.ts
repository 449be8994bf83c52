import { type AuditLine, readAudit, type SealedEntry } from 'd1-core/audit';
import { describeOrigin, describeReason, paintAuditOutcome } from './audit.ts';
import { type DatabaseState, type JournalEntry, readDatabaseState } from 'd1-core/records';
import { plural, style, table } from 'd1-core/report';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, describeTarget, openTarget, type Target, targetDocument } from 'd1-core/target';

/** One run, as the journal in the database and the audit file beside it know it. One of the two may be empty. */
interface PastRun {
  readonly run: string;
  /** When it began: by the clock of the database, or without a journal by that of the machine. UTC, ISO 8601. */
  readonly time: string;
  readonly journal: readonly JournalEntry[];
  readonly audit: readonly SealedEntry[];
}

/** Both views of the past as one, the oldest run first. */
function pastRuns(journal: readonly JournalEntry[], lines: readonly AuditLine[]): readonly PastRun[] {
  const inJournal = Map.groupBy(journal, ({ run }) => run);
  const entries = lines.map(({ entry }) => entry).filter((entry) => entry !== undefined);
  const inAudit = Map.groupBy(entries, ({ run }) => run);
  return [...new Set([...inJournal.keys(), ...inAudit.keys()])]
    .map((run) => {
      const rows = inJournal.get(run) ?? [];
      const audit = inAudit.get(run) ?? [];
      return { run, time: rows[0]?.time ?? audit[0]?.time ?? '', journal: rows, audit };
    })
    .toSorted((one, other) => (one.time < other.time ? -1 : Number(one.time > other.time)));
}

/** What a database knows of its own past, and what the audit file of its environment does. */
export interface DatabaseHistory extends DatabaseState {
  readonly target: Target;
  /** Empty for an environment that is not protected. */
  readonly audit: readonly AuditLine[];
}

/** Reads the history, the journal and the stamp of a database, and the audit file. Writes nothing. */
export async function readHistory(target: Target): Promise<DatabaseHistory> {
  const d1 = openTarget(target);
  try {
    const { environment, database } = target;
    const state = await retryRead(() => readDatabaseState(d1, database.migrationsTable));
    checkTargetStamp(target, state.stamp);
    const audit = environment.protected ? await readAudit(target.protection.auditFile) : [];
    return { target, ...state, audit };
  } finally {
    await d1.close();
  }
}

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
