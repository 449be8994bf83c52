import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { ENTRIES } from '../format/index.ts';
import { checkHashes, checkStructure } from '../verify/index.ts';
import type { Archive } from '../zip/index.ts';

/** Problems that are named. */
const SHOWN = 10;

/**
 * Reads every entry of an archive, and compares it with what the metadata says, so that nothing is written for an
 * archive that turns out to be damaged later. Throws D1Error `damaged-archive`.
 */
export async function checkArchive(archive: Archive, onProgress: (fraction: number) => void): Promise<void> {
  const total = [...archive.entries.values()].reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  const problems = [
    ...checkStructure(archive),
    ...(await checkHashes(archive, (_, read) => onProgress((bytes += read) / Math.max(1, total)))),
  ];
  if (problems.length === 0) return;
  throw new D1Error({
    code: 'damaged-archive',
    message: `${basename(archive.file)} is damaged, and nothing was restored.`,
    fix: 'Take another archive, or another copy of this one; "backup-list" shows which there are.',
    location: { file: archive.file },
    notes: [
      ...problems
        .slice(0, SHOWN)
        .map(({ where, expected, found }) => `${where}: expected ${expected}, found ${found}`),
      ...(problems.length > SHOWN ? [`and ${problems.length - SHOWN} more; "backup-verify" lists them`] : []),
      'Nothing was changed.',
    ],
  });
}

/** What tells an archive from every other one: SHA-256, in hexadecimal, of what lists its entries with their hashes. */
export async function archiveId(archive: Archive): Promise<string> {
  const listing = archive.metadata === undefined ? ENTRIES.database : ENTRIES.metadata;
  return archive.entries.has(listing) ? archive.digest(listing) : createHash('sha256').digest('hex');
}
