import { ownEntries } from 'd1-core/records';
import type { Survey } from '../survey/index.ts';

/** What remains possible where no script leads back. */
export function otherWays(survey: Survey, name: string): readonly string[] {
  if (survey.target.environment.location === 'local') {
    return [
      'What remains: "rollback --strategy=snapshot" restores the database from before the last migrate, with all its rows.',
      ARCHIVE,
    ];
  }
  const bookmark = bookmarkBefore(survey, name);
  return [
    bookmark === undefined
      ? 'The journal has no bookmark from before it.'
      : `What remains: "rollback --strategy=time-travel" goes back to the bookmark ${bookmark.bookmark} of ${bookmark.time}, and loses every write since.`,
    ARCHIVE,
  ];
}

const ARCHIVE =
  'An archive from before it has the rows: "restore --archive=<file> --overwrite"; "backup-list" shows the archives.';

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
