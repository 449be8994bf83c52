import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { sqlStatements } from 'd1-core/load';
import { quoteIdentifier } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { ENTRIES, schemaDigest, type Archive, type DatabaseRecord } from '../archive/index.ts';
import {
  contentStatements,
  readCatalog,
  readContent,
  type Content,
  type TableDigest,
} from '../content/index.ts';
import { loadStatements, makeThrowAwayDatabase, openDump } from '../load/index.ts';
import { damagedEntry } from './check-hashes.ts';
import { A_PARENT, tablePlace, type Problem } from './problem.ts';

/** A database that was restored to be looked at. */
export interface RestoredDatabase {
  readonly d1: D1;
  readonly content: Content;
  readonly problems: readonly Problem[];
}

/**
 * Restores the database of an archive into a throw-away one, and compares it with what the metadata says; one of another
 * tool with what its dump gives. Only the problems when that is not possible. Whoever gets a database closes it.
 */
export async function restoreToShadow(
  archive: Archive,
  wrangler: Wrangler,
): Promise<RestoredDatabase | { readonly problems: readonly Problem[] }> {
  const { d1 } = await makeThrowAwayDatabase(wrangler);
  try {
    const expected = await load(archive, d1, wrangler);
    const content = await readContent(d1);
    const problems = [
      ...compareSchema(expected, content),
      ...compareTables(expected.tables, content.tables),
      ...(await checkSoundness(d1)),
    ];
    return { d1, content, problems };
  } catch (error) {
    await d1.close();
    return { problems: [unrestorable(error)] };
  }
}

/** What the content of the database should be. */
type Expected = Pick<DatabaseRecord, 'tables' | 'schemaSha256'>;

async function load(archive: Archive, d1: D1, wrangler: Wrangler): Promise<Expected> {
  const sql = await archive.open(ENTRIES.database);
  const database = archive.metadata?.database;
  if (database !== undefined) {
    await loadStatements(d1, sqlStatements(sql));
    return database;
  }
  const dump = await openDump(sql, ENTRIES.database, wrangler);
  try {
    const catalog = await readCatalog(dump);
    const tables: TableDigest[] = [];
    await loadStatements(d1, contentStatements(dump, catalog, { onTable: (table) => tables.push(table) }));
    return { tables, schemaSha256: schemaDigest(catalog.objects) };
  } finally {
    await dump.close();
  }
}

/** What says that the SQL is at fault, not the machine. */
const FAULTS_OF_SQL = new Set(['restore-failed', 'unloadable-dump', 'unknown-module', 'unreadable-table']);

/** What says nothing of the archive. */
const FAULTS_OF_MACHINE = new Set([
  'disk-full',
  'not-writable',
  'file-failed',
  'database-busy',
  'engine-not-started',
  'engine-ended',
  'wrangler-unsupported',
]);

function unrestorable(error: unknown): Problem {
  if (!isD1Error(error) || FAULTS_OF_MACHINE.has(error.code)) throw error;
  if (!FAULTS_OF_SQL.has(error.code)) return damagedEntry(ENTRIES.database, error);
  const found = [error.message, ...error.notes].join(' ');
  return { code: 'not-restorable', where: ENTRIES.database, expected: 'SQL that D1 runs', found };
}

function compareSchema({ schemaSha256 }: Expected, { objects }: Content): readonly Problem[] {
  if (schemaSha256 === undefined || schemaDigest(objects) === schemaSha256) return [];
  return [
    {
      code: 'wrong-schema',
      where: ENTRIES.database,
      expected: `the schema with the SHA-256 ${schemaSha256.slice(0, 12)}…`,
      found: `another one: ${objects.map(({ type, name }) => `${type} ${name}`).join(', ') || 'no objects'}`,
    },
  ];
}

function compareTables(expected: readonly TableDigest[], found: readonly TableDigest[]): readonly Problem[] {
  const restored = new Map(found.map((table) => [table.name, table]));
  const known = new Set(expected.map(({ name }) => name));
  const wrong = (name: string, was: string, is: string): Problem => ({
    code: 'wrong-table',
    where: tablePlace(ENTRIES.database, name),
    expected: was,
    found: is,
  });
  return [
    ...expected.flatMap((table) => {
      const other = restored.get(table.name);
      if (other === undefined) return [wrong(table.name, describe(table), 'no such table')];
      const isSame = other.rows === table.rows && other.sha256 === table.sha256;
      return isSame ? [] : [wrong(table.name, describe(table), describe(other))];
    }),
    ...found
      .filter(({ name }) => !known.has(name))
      .map((table) => wrong(table.name, 'no such table', describe(table))),
  ];
}

const describe = ({ rows, sha256 }: TableDigest): string => `${rows} rows, SHA-256 ${sha256.slice(0, 12)}…`;

async function checkSoundness(d1: D1): Promise<readonly Problem[]> {
  const [quick = [], foreign = []] = await d1.batch(['PRAGMA quick_check', 'PRAGMA foreign_key_check']);
  const damage = quick.map((row) => String(row['quick_check'])).filter((line) => line !== 'ok');
  const { virtualTables } = await readCatalog(d1);
  const searches: Problem[] = [];
  for (const { name, module, content } of virtualTables) {
    if (content === 'orphaned') continue; // It answered nothing in the database that was saved.
    const found = await refusal(d1, trial(name, module));
    if (found !== undefined)
      searches.push({
        code: 'unusable-search',
        where: tablePlace(ENTRIES.database, name),
        expected: `a ${module} table that answers`,
        found,
      });
  }
  return [
    ...damage.map((found) => unsound('quick_check that says ok', found)),
    ...foreign.map((row) =>
      unsound(
        A_PARENT,
        `row ${String(row['rowid'])} of "${String(row['table'])}" points to none of "${String(row['parent'])}"`,
      ),
    ),
    ...searches,
  ];
}

/** With a rank of 1 the index is compared with the rows too: https://sqlite.org/fts5.html#the_integrity_check_command */
function trial(name: string, module: string): string {
  const table = quoteIdentifier(name);
  return module === 'fts5'
    ? `INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`
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

const unsound = (expected: string, found: string): Problem => ({
  code: 'unsound-database',
  where: ENTRIES.database,
  expected,
  found,
});
