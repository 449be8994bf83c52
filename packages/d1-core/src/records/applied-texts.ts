import type { JournalEntry } from './journal.ts';
import type { DatabaseState } from './state.ts';

/** What the journal knows of the text that was applied under a name. */
export interface AppliedText {
  readonly raw: string;
  readonly tokens: string;
  /**
   * False for what a run was about to apply that was cut off: it may have been that, or another text that somebody applied
   * by other means since.
   */
  readonly certain: boolean;
}

interface Known {
  readonly text: AppliedText;
  /** When it was noted: UTC, ISO 8601, by the database's clock. */
  readonly time: string;
  /** The place of the row in the journal. */
  readonly place: number;
}

/** Milliseconds: the history is written before the journal, but the clocks of two machines may differ. */
const CLOCKS = 60_000;

/**
 * The text of each migration in the history, by name, where the journal knows one. It knows none of what was applied after
 * a run that failed, after a rollback, or later than it says, because then it was not this tool that applied it.
 */
export function appliedTexts({
  history,
  journal,
}: Pick<DatabaseState, 'history' | 'journal'>): ReadonlyMap<string, AppliedText> {
  const known = followJournal(journal);
  return new Map(
    history.flatMap(({ name, appliedAt }) => {
      const found = known.get(name);
      if (found === undefined) return [];
      const later = Date.parse(`${appliedAt.replace(' ', 'T')}Z`) - Date.parse(found.time);
      return found.text.certain && later > CLOCKS ? [] : [[name, found.text] as const];
    }),
  );
}

/** The migrations that were applied by the journal, and that nobody took back but from the history. */
export function takenOutOfHistory({
  history,
  journal,
}: Pick<DatabaseState, 'history' | 'journal'>): ReadonlySet<string> {
  const names = new Set(history.map(({ name }) => name));
  const known = [...followJournal(journal)];
  return new Set(known.flatMap(([name, { text }]) => (text.certain && !names.has(name) ? [name] : [])));
}

function followJournal(journal: readonly JournalEntry[]): ReadonlyMap<string, Known> {
  const applied = new Map<string, Known>();
  /** By run: what it began and has not ended. */
  const begun = new Map<string, Map<string, Known>>();
  for (const [place, entry] of journal.entries()) {
    const { run, action, migration, outcome, rawChecksum, tokenChecksum, time, detail } = entry;
    for (const name of forgottenNames(detail)) applied.delete(name);
    // Wrangler stops at the first that fails, and rolls it back: of the rest of such a run nothing was applied.
    if (outcome === 'failed') begun.delete(run);
    if (migration === null) continue;
    if (action === 'rollback') {
      if (outcome === 'applied') {
        applied.delete(migration);
        for (const names of begun.values()) names.delete(migration);
      }
      continue;
    }
    if (rawChecksum === null || tokenChecksum === null) continue;
    const text = { raw: rawChecksum, tokens: tokenChecksum, certain: outcome === 'applied' };
    if (outcome === 'applied') {
      begun.get(run)?.delete(migration);
      applied.set(migration, { text, time, place });
    } else if (outcome === 'started') {
      const names = begun.get(run) ?? new Map<string, Known>();
      begun.set(run, names.set(migration, { text, time, place }));
    }
  }
  const open = [...begun.values()].flatMap((names) => [...names]);
  return new Map([
    ...applied,
    ...open.filter(([name, { place }]) => place > (applied.get(name)?.place ?? -1)),
  ]);
}

/** What a baseline took out of the history. */
function forgottenNames(detail: string | null): readonly string[] {
  if (detail?.includes('"forgotten"') !== true) return [];
  try {
    const value: unknown = JSON.parse(detail);
    const hasNames = typeof value === 'object' && value !== null && 'forgotten' in value;
    return hasNames && Array.isArray(value.forgotten) ? value.forgotten.map(String) : [];
  } catch {
    return []; // Another version's.
  }
}
