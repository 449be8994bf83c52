import { createReadStream } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import type { ExpectedContent } from '../database/index.ts';
import { problemLines, type Problem } from '../format/index.ts';
import { restoreToShadow } from '../verify/index.ts';

/**
 * Restores a dump into a throw-away D1, and compares it with what was read. Throws D1Error `not-restorable`.
 */
export async function proveDump(file: string, record: ExpectedContent, wrangler: Wrangler): Promise<void> {
  const restored = await restoreToShadow({ open: () => createReadStream(file), record }, wrangler);
  if ('d1' in restored) await restored.d1.close();
  if (restored.problems.length > 0) throw notRestorable(restored.problems);
}

export function notRestorable(problems: readonly Problem[]): D1Error {
  const areOrphans = problems.every(({ code }) => code === 'row-without-parent');
  return new D1Error({
    code: 'not-restorable',
    message: areOrphans
      ? 'The database has rows whose foreign key points to no row, so no archive was made.'
      : 'What was read does not come back equal when it is restored, so no archive was made.',
    fix: `${areOrphans ? 'Correct these rows: let their key name a row that is there, or NULL. "PRAGMA foreign_key_check" lists them.' : 'Run it again, and report it if it stays.'} --no-verify makes an archive all the same, and marks it as not proved.`,
    notes: problemLines(problems),
  });
}
