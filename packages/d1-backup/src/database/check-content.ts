import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { quoteIdentifier } from 'd1-core/sql';
import { ENTRIES, type Problem, type RowWithoutParent, type TableDigest } from '../format/index.ts';
import type { ExpectedContent } from './archived-database.ts';
import { readCatalog, type SchemaObject } from './catalog.ts';
import { readContent, schemaDigest, type Content } from './read-content.ts';
import { indexState, wrongSearches } from './search-index.ts';
import type { VirtualTable } from './virtual-table.ts';

/** The entry with the database, or a table in it, as a problem names it. */
export const tablePlace = (table: string): string => `${ENTRIES.database}, table "${table}"`;

export interface CheckOptions {
  /** Which tables are compared, by name. */
  readonly isCompared?: (name: string) => boolean;
  /** Whether a schema that has another digest is the same all the same. */
  readonly isSameSchema?: (objects: readonly SchemaObject[]) => Promise<boolean>;
}

/** Reads a database, and compares its schema and rows with what they should be. */
export async function checkContent(
  d1: D1,
  { tables, schemaSha256 }: ExpectedContent,
  { isCompared = () => true, isSameSchema = async () => false }: CheckOptions = {},
): Promise<{ readonly content: Content; readonly problems: readonly Problem[] }> {
  const damage = await findDamage(d1);
  const content = await readContent(d1);
  const isWanted = ({ name }: { readonly name: string }) => isCompared(name);
  const found = { objects: content.objects.filter(isWanted), tables: content.tables.filter(isWanted) };
  const isSame =
    schemaSha256 === undefined ||
    schemaDigest(found.objects) === schemaSha256 ||
    (await isSameSchema(found.objects));
  return {
    content: found,
    problems: [
      ...damage,
      ...(isSame || schemaSha256 === undefined ? [] : [wrongSchema(schemaSha256, found.objects)]),
      ...compareTables(tables.filter(isWanted), found.tables),
    ],
  };
}

async function findDamage(d1: D1): Promise<readonly Problem[]> {
  const [rows = []] = await d1.batch(['PRAGMA quick_check']);
  return rows
    .map((row) => String(row['quick_check']))
    .filter((line) => line !== 'ok')
    .map((found) => ({
      code: 'damaged-database',
      where: ENTRIES.database,
      expected: 'quick_check that says ok',
      found,
    }));
}

const wrongSchema = (sha256: string, objects: readonly SchemaObject[]): Problem => ({
  code: 'wrong-schema',
  where: ENTRIES.database,
  expected: `the schema with the SHA-256 ${sha256.slice(0, 12)}…`,
  found: `another one: ${objects.map(({ type, name }) => `${type} ${name}`).join(', ') || 'no objects'}`,
});

function compareTables(expected: readonly TableDigest[], found: readonly TableDigest[]): readonly Problem[] {
  const wanted = new Map(expected.map((table) => [table.name, table]));
  const restored = new Map(found.map((table) => [table.name, table]));
  return [...new Set([...wanted.keys(), ...restored.keys()])].flatMap((name) => {
    const [was, is] = [wanted.get(name), restored.get(name)];
    const isSame = was?.rows === is?.rows && was?.sha256 === is?.sha256;
    // SQLite makes its own tables when it needs them, and never drops them again.
    const isEmptyOfSqlite = name.startsWith('sqlite_') && (was ?? is)?.rows === 0 && !(was && is);
    if (isSame || isEmptyOfSqlite) return [];
    return [
      { code: 'wrong-table', where: tablePlace(name), expected: describe(was), found: describe(is) } as const,
    ];
  });
}

const describe = (table: TableDigest | undefined): string =>
  table === undefined ? 'no such table' : `${table.rows} rows, SHA-256 ${table.sha256.slice(0, 12)}…`;

/** The rows whose foreign keys point to no row; no more than some. The row is undefined in a table without rowids. */
export async function findRowsWithoutParent(d1: D1): Promise<readonly RowWithoutParent[]> {
  const [rows = []] = await d1.batch(['PRAGMA foreign_key_check']);
  return rows.slice(0, MOST_ROWS).map(({ table, rowid, parent }) => ({
    table: String(table),
    row: rowid === null || rowid === undefined ? null : String(rowid),
    parent: String(parent),
  }));
}

const MOST_ROWS = 1000;

/** `row 7 of "posts" points to none of "users"` */
export const rowWords = ({ table, row, parent }: RowWithoutParent): string =>
  `${row === null ? 'a row' : `row ${row}`} of "${table}" points to none of "${parent}"`;

/** The virtual tables that do not answer, or in which something else is found than in the database that was saved. */
export async function checkSearches(
  d1: D1,
  { searches = [], lostSearches = [] }: Pick<ExpectedContent, 'searches' | 'lostSearches'> = {},
): Promise<readonly Problem[]> {
  const catalog = await readCatalog(d1);
  const compared = new Set([...searches.map(({ name }) => name), ...lostSearches]);
  const problems: Problem[] = [];
  for (const table of catalog.virtualTables) {
    const { name, module, content } = table;
    if (content === 'orphaned') continue; // It answered nothing in the database that was saved.
    const isWhole = !compared.has(name) && (await indexState(d1, table)) !== 'part';
    const found = await refusal(d1, trial(table, isWhole));
    if (found === undefined) continue;
    const expected = `a ${module} table that answers`;
    problems.push({ code: 'unusable-search', where: tablePlace(name), expected, found });
  }
  const wrong = await wrongSearches(d1, catalog, searches);
  return [...problems, ...wrong.map(wrongSearch)];
}

export const wrongSearch = (name: string): Problem => ({
  code: 'wrong-search',
  where: tablePlace(name),
  expected: 'an index in which the same is found',
  found: 'another one',
});

/**
 * With a rank of 1 an index is compared with the rows too, which it need not have all:
 * https://sqlite.org/fts5.html#the_integrity_check_command
 */
function trial({ name, module }: VirtualTable, isWhole: boolean): string {
  const table = quoteIdentifier(name);
  return module === 'fts5'
    ? `INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', ${isWhole ? 1 : 0})`
    : `SELECT * FROM ${table} LIMIT 1`;
}

async function refusal(d1: D1, statement: string): Promise<string | undefined> {
  try {
    await d1.batch([statement]);
    return undefined;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return error.message;
  }
}
