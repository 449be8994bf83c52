import { readBookmark } from 'd1-core/database';
import { style } from 'd1-core/report';
import { retryRead } from 'd1-core/run';
import { remoteDatabase, type Target } from 'd1-core/target';

/** Milliseconds: a small question, which is soon asked again. */
const TIMEOUT = 10_000;

/** The Time Travel bookmark of a remote database as it is now. */
export const takeBookmark = (target: Target): Promise<string> =>
  retryRead(() => readBookmark(remoteDatabase(target, TIMEOUT)));

/** The command with which Time Travel goes back to a bookmark. */
export const restoreCommand = ({ environment, database }: Target, bookmark: string): string =>
  `npx wrangler d1 time-travel restore ${database.binding} --env=${environment.wranglerEnv} --bookmark=${bookmark}`;

/** The way back, shown before a remote database is changed. */
export function describeBookmark(target: Target, bookmark: string): readonly string[] {
  return [
    '',
    `Bookmark before this run: ${bookmark}`,
    style.dim(`  ${restoreCommand(target, bookmark)} goes back to it, and loses every write since.`),
  ];
}
