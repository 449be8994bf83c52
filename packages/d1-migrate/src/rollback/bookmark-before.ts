import { ownEntries } from 'd1-core/history';
import type { Survey } from '../status/index.ts';

export interface KnownBookmark {
  readonly bookmark: string;
  /** When it was taken: UTC, ISO 8601. */
  readonly time: string;
  /** The migrations of the run that took it. */
  readonly migrations: readonly string[];
}

/** The bookmark that the run took which applied a migration. */
export function bookmarkBefore({ state }: Survey, name: string): KnownBookmark | undefined {
  const journal = ownEntries(state.journal);
  const entry = journal.findLast(
    ({ migration, bookmark, action }) => migration === name && bookmark !== null && action === 'migrate',
  );
  if (entry?.bookmark == null) return undefined;
  const migrations = journal
    .filter(({ run, migration }) => run === entry.run && migration !== null)
    .map(({ migration }) => migration ?? '');
  return { bookmark: entry.bookmark, time: entry.time, migrations: [...new Set(migrations)] };
}
