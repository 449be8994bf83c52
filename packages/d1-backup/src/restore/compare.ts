import type { D1 } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { METADATA_TABLE } from 'd1-core/records';
import { canonicalSql } from 'd1-core/schema';
import { foldName, loadTokenizer } from 'd1-core/sql';
import { checkContent, checkSearches, schemaDigest, type SchemaObject } from '../database/index.ts';
import { problemLines, type TableDigest } from '../format/index.ts';
import type { RestoredContent } from './statements.ts';

/**
 * Reads a restored database again, and compares schema and rows with what the archive says of them. Returns its tables.
 * Throws D1Error `restore-differs` with what differs.
 */
export async function compareRestored(d1: D1, expected: RestoredContent): Promise<readonly TableDigest[]> {
  const { content, problems: found } = await checkContent(d1, expected, {
    // The table that says where a database belongs is the target's own.
    isCompared: (name) => foldName(name) !== METADATA_TABLE,
    isSameSchema: (objects) => isSameSchema(objects, expected),
  });
  const problems = [...found, ...(await checkSearches(d1, expected))];
  if (problems.length === 0) return content.tables;
  throw new D1Error({
    code: 'restore-differs',
    message: 'What came back is not what the archive says.',
    fix: 'Look with "backup-verify" whether the archive is sound, and report it when it is.',
    notes: problemLines(problems),
  });
}

/** In an archive of ours, one table more is made, which holds the pieces of long values and is dropped again. */
const HELPERS = 1;

/** Cloudflare may leave out comments of a statement on its way: then it is compared without them. */
async function isSameSchema(
  objects: readonly SchemaObject[],
  { schemaSha256, created, leftOut }: RestoredContent,
): Promise<boolean> {
  if (schemaDigest([...objects, ...leftOut]) === schemaSha256) return true;
  const tokenize = await loadTokenizer();
  const wanted = new Set(created.map((sql) => canonicalSql(sql, tokenize)));
  const isWanted = ({ sql }: SchemaObject) => wanted.has(canonicalSql(sql, tokenize));
  return objects.length === created.length - HELPERS && objects.every(isWanted);
}
