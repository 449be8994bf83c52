import { createReadStream } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import type { Archive, ArchiveMetadata } from '../archive/index.ts';
import { isOrphan, restoreToShadow, type Problem } from '../verify/index.ts';

/**
 * Restores a dump into a throw-away D1, and compares it with what was read. `metadata` is what the archive will say of
 * it. Throws D1Error `not-restorable`.
 */
export async function proveDump(file: string, metadata: ArchiveMetadata, wrangler: Wrangler): Promise<void> {
  const archive: Archive = {
    file,
    entries: new Map(),
    metadata,
    digest: () => Promise.reject(new Error('The dump is no entry yet.')),
    open: async () => createReadStream(file),
    close: async () => undefined,
  };
  const restored = await restoreToShadow(archive, wrangler);
  if ('d1' in restored) await restored.d1.close();
  if (restored.problems.length > 0) throw notRestorable(restored.problems);
}

/** More are only counted. */
const SHOWN = 10;

export function notRestorable(problems: readonly Problem[]): D1Error {
  const more = problems.length - SHOWN;
  const areOrphans = problems.every(isOrphan);
  return new D1Error({
    code: 'not-restorable',
    message: areOrphans
      ? 'The database has rows whose foreign key points to no row, so no archive was made.'
      : 'What was read does not come back equal when it is restored, so no archive was made.',
    fix: `${areOrphans ? 'Correct these rows: let their key name a row that is there, or NULL. "PRAGMA foreign_key_check" lists them.' : 'Run it again, and report it if it stays.'} --no-verify makes an archive all the same, and marks it as not proved.`,
    notes: [
      ...problems
        .slice(0, SHOWN)
        .map(({ where, expected, found }) => `${where}: expected ${expected}; found ${found}`),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
  });
}
