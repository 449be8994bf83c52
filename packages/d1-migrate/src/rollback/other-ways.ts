import type { Survey } from '../status/index.ts';
import { bookmarkBefore } from './bookmark-before.ts';

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
