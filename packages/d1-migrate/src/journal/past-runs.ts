import type { JournalEntry } from 'd1-core/history';
import type { AuditLine, SealedEntry } from 'd1-core/audit';

/** One run, as the journal in the database and the audit file beside it know it. One of the two may be empty. */
export interface PastRun {
  readonly run: string;
  /** When it began: by the clock of the database, or without a journal by that of the machine. UTC, ISO 8601. */
  readonly time: string;
  readonly journal: readonly JournalEntry[];
  readonly audit: readonly SealedEntry[];
}

/** Both views of the past as one, the oldest run first. */
export function pastRuns(journal: readonly JournalEntry[], lines: readonly AuditLine[]): readonly PastRun[] {
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
