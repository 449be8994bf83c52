import { isD1Error } from 'd1-core/errors';
import type { Archive } from '../archive/index.ts';
import type { Problem } from './problem.ts';

/** Reads every entry to its end, and compares its content with its SHA-256 where the metadata has one. */
export async function checkHashes(
  archive: Archive,
  onRead: (path: string, bytes: number) => void,
): Promise<readonly Problem[]> {
  const recorded = new Map(archive.metadata?.entries.map(({ path, sha256 }) => [path, sha256]));
  const problems: Problem[] = [];
  for (const path of archive.entries.keys()) {
    try {
      const found = await archive.digest(path, (bytes) => onRead(path, bytes));
      const expected = recorded.get(path);
      if (expected !== undefined && expected !== found)
        problems.push({
          code: 'wrong-hash',
          where: path,
          expected: `SHA-256 ${expected}`,
          found: `SHA-256 ${found}`,
        });
    } catch (error) {
      problems.push(damagedEntry(path, error));
    }
  }
  return problems;
}

/** What an entry that cannot be read to its end is as a problem. Throws what is no damage. */
export function damagedEntry(path: string, error: unknown): Problem {
  if (!isD1Error(error) || error.code !== 'damaged-archive') throw error;
  return { code: 'damaged-entry', where: path, expected: 'content that can be read', found: error.message };
}
