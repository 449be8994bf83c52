import type { D1 } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { METADATA_TABLE } from 'd1-core/history';
import { canonicalSql } from 'd1-core/schema';
import { foldName, loadTokenizer } from 'd1-core/sql';
import { schemaDigest } from '../archive/index.ts';
import { readContent, type SchemaObject, type TableDigest } from '../content/index.ts';
import type { ExpectedContent } from './statements.ts';

/**
 * Reads a restored database again, and compares schema and rows with what the archive says of them. Gives its tables.
 * Throws D1Error `restore-differs` with what differs, and `restore-damaged` where SQLite finds the database damaged.
 */
export async function compareRestored(d1: D1, expected: ExpectedContent): Promise<readonly TableDigest[]> {
  const [check = []] = await d1.batch(['PRAGMA quick_check']);
  if (check[0]?.['quick_check'] !== 'ok') throw damaged(String(check[0]?.['quick_check']));
  const content = await readContent(d1);
  const tables = content.tables.filter(isCompared);
  const differences = differencesOf(expected.tables.filter(isCompared), tables);
  const objects = content.objects.filter(isCompared);
  if (expected.schemaSha256 !== undefined && !(await isSameSchema(objects, expected))) {
    differences.push('the schema has other CREATE statements');
  }
  if (differences.length > 0) throw differs(differences);
  return tables;
}

/** In our own archives one table more is made, which holds the pieces of long values and is dropped again. */
const HELPERS = 1;

/** Cloudflare may leave out comments of a statement on its way: then it is compared without them. */
async function isSameSchema(
  objects: readonly SchemaObject[],
  { schemaSha256, created, leftOut }: ExpectedContent,
): Promise<boolean> {
  if (schemaDigest([...objects, ...leftOut]) === schemaSha256) return true;
  const tokenize = await loadTokenizer();
  const wanted = new Set(created.map((sql) => canonicalSql(sql, tokenize)));
  const isWanted = ({ sql }: SchemaObject) => wanted.has(canonicalSql(sql, tokenize));
  return objects.length === created.length - HELPERS && objects.every(isWanted);
}

/** The table that says where a database belongs is the target's own. */
const isCompared = ({ name }: { readonly name: string }): boolean => foldName(name) !== METADATA_TABLE;

function differencesOf(expected: readonly TableDigest[], restored: readonly TableDigest[]): string[] {
  const found = new Map(restored.map((table) => [table.name, table]));
  const wanted = new Set(expected.map(({ name }) => name));
  return [
    ...expected.flatMap((table) => {
      const other = found.get(table.name);
      if (other === undefined) return table.rows === 0 ? [] : [`${table.name} is missing`];
      if (other.sha256 === table.sha256) return [];
      return other.rows === table.rows
        ? [`${table.name} has other values in some of its ${table.rows} rows`]
        : [`${table.name} has ${other.rows} rows, and ${table.rows} in the archive`];
    }),
    // SQLite never drops its own tables, which are empty then.
    ...restored
      .filter(({ name, rows }) => !wanted.has(name) && rows > 0)
      .map(({ name }) => `${name} is not in the archive`),
  ];
}

const differs = (differences: readonly string[]): D1Error =>
  new D1Error({
    code: 'restore-differs',
    message: 'What came back is not what the archive says.',
    fix: 'Look with "backup-verify" whether the archive is sound, and report it when it is.',
    notes: differences,
  });

const damaged = (check: string): D1Error =>
  new D1Error({
    code: 'restore-damaged',
    message: `SQLite finds the restored database damaged: ${check}`,
    fix: 'Look with "backup-verify" whether the archive is sound, and report it when it is.',
  });
