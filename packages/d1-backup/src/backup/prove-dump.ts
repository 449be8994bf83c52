import { createReadStream } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import { tablePlace, type ExpectedContent } from '../database/index.ts';
import { problemLines, type Problem } from '../format/index.ts';
import { restoreToShadow } from '../verify/index.ts';
import type { ProvedDump } from './database-task.ts';

/**
 * Restores a dump into a throw-away D1, and compares it with what was read. Rows whose foreign keys point to no row are no
 * problem: a database has to be saved with them, too. Throws D1Error `not-restorable`.
 */
export async function proveDump(
  file: string,
  record: ExpectedContent,
  wrangler: Wrangler,
): Promise<ProvedDump> {
  const restored = await restoreToShadow({ open: () => createReadStream(file), record }, wrangler);
  if ('d1' in restored) await restored.d1.close();
  const names = (record.searches ?? []).map(({ name }) => name);
  const isWrong = (name: string) =>
    restored.problems.some(({ code, where }) => code === 'wrong-search' && where === tablePlace(name));
  const wrongSearches = names.filter(isWrong);
  if (restored.problems.length > wrongSearches.length) throw notRestorable(restored.problems);
  return { rowsWithoutParent: 'd1' in restored ? restored.rowsWithoutParent : [], wrongSearches };
}

export const notRestorable = (problems: readonly Problem[]): D1Error =>
  new D1Error({
    code: 'not-restorable',
    message: 'What was read does not come back equal when it is restored, so no archive was made.',
    fix: 'Run it again, and report it if it stays. --no-verify makes an archive all the same, and marks it as not proved.',
    notes: problemLines(problems),
  });
