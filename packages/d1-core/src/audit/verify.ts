import type { JournalEntry } from '../history/index.ts';
import type { AuditLine } from './read-audit.ts';

export interface AuditFinding {
  readonly code: 'changed' | 'missing' | 'inserted' | 'unreadable' | 'not-in-file';
  /** From 1; for `missing` the line before which it was. Undefined for what is not in the file. */
  readonly line: number | undefined;
  readonly message: string;
}

/**
 * Finds what was done to an audit file: a line changed, taken out, put in, doubled or cut off. The chain cannot tell
 * that lines are gone from its end; `missingRuns` can.
 */
export function verifyChain(lines: readonly AuditLine[]): readonly AuditFinding[] {
  return lines.flatMap((line, index) => {
    const findings = [...ownFindings(line), ...placeFindings(line, lines[index - 1])];
    return findings.slice(0, 1);
  });
}

function ownFindings({ line, entry, intact }: AuditLine): readonly AuditFinding[] {
  if (entry === undefined) {
    return [{ code: 'unreadable', line, message: 'This is no audit line: it was cut off or overwritten.' }];
  }
  if (intact) return [];
  return [{ code: 'changed', line, message: 'The line was changed after it was written.' }];
}

/** Whether a line follows the one before it. What follows a changed or unreadable line proves nothing against itself. */
function placeFindings(line: AuditLine, before: AuditLine | undefined): readonly AuditFinding[] {
  const { entry } = line;
  if (entry === undefined || (before !== undefined && !before.intact)) return [];
  const expected = (before?.entry?.sequence ?? 0) + 1;
  const follows = entry.previous === (before?.entry?.hash ?? null);
  if (follows && entry.sequence === expected) return [];
  if (entry.sequence > expected) {
    const gone = entry.sequence - expected;
    const what = gone === 1 ? `Line ${expected} is` : `Lines ${expected} to ${entry.sequence - 1} are`;
    return [{ code: 'missing', line: line.line, message: `${what} missing before this one.` }];
  }
  return entry.sequence === expected
    ? [{ code: 'changed', line: line.line, message: 'This line or the one before it was replaced.' }]
    : [{ code: 'inserted', line: line.line, message: 'A line was put in or moved here.' }];
}

/** The runs that the journal of the database has since the file began, and the file does not have. */
export function missingRuns(
  lines: readonly AuditLine[],
  journal: readonly JournalEntry[],
): readonly AuditFinding[] {
  const known = new Set(lines.map(({ entry }) => entry?.run));
  const begin = journal.findIndex(({ run }) => known.has(run));
  if (begin === -1) return [];
  const runs = Map.groupBy(journal.slice(begin), ({ run }) => run);
  return [...runs]
    .filter(([run]) => !known.has(run))
    .map(([, [first]]) => ({
      code: 'not-in-file' as const,
      line: undefined,
      message: `The journal of the database has a run of ${first?.time ?? '?'} by ${first?.actor ?? 'somebody'} that is not in the file.`,
    }));
}
