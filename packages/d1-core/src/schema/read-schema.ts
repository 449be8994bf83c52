import type { DatabaseSync } from 'node:sqlite';
import { D1Error } from '../errors/index.ts';
import { foldName } from '../sql/index.ts';
import { followCatalog } from './catalog.ts';
import type { Schema } from './model.ts';
import { openMemoryDatabase } from './sqlite.ts';
import { SchemaTimeline } from './timeline.ts';

/** What a schema can be read from: a `D1` is one. */
export interface SchemaSource {
  batch(statements: readonly string[]): Promise<readonly (readonly Readonly<Record<string, unknown>>[])[]>;
}

/** A row of `sqlite_master`. */
export interface CatalogEntry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** Gives the rows that `readCatalog` takes. */
export const READ_CATALOG =
  'SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid';

export const readCatalog = (rows: readonly Readonly<Record<string, unknown>>[]): readonly CatalogEntry[] =>
  rows.map((row) => ({
    type: String(row['type']),
    name: String(row['name']),
    table: String(row['tbl_name']),
    sql: String(row['sql']),
  }));

/**
 * Reads the schema of a database with one call. `isHidden` names the tables that are not part of it; those of SQLite
 * and of D1 itself never are. Throws D1Error `schema-unreadable` where SQLite does not take what the database holds.
 */
export async function readSchema(
  source: SchemaSource,
  isHidden: (table: string) => boolean = () => false,
): Promise<Schema> {
  const [rows = []] = await source.batch([READ_CATALOG]);
  return schemaOf(readCatalog(rows).filter(({ table }) => !isInternal(table) && !isHidden(table)));
}

const isInternal = (table: string): boolean => /^(sqlite_|_cf_)/i.test(table);

/**
 * The schema that catalogue entries describe. They are run in an empty database in memory, whose own catalogue then
 * says what columns, keys and indexes they mean.
 */
export async function schemaOf(entries: readonly CatalogEntry[]): Promise<Schema> {
  const database = await openMemoryDatabase();
  try {
    const timeline = new SchemaTimeline();
    const catalog = followCatalog(database, timeline, new Set(['sqlite_sequence']));
    createObjects(database, entries);
    catalog.follow('created');
    return timeline.now();
  } finally {
    database.close();
  }
}

/** Runs the CREATE statements of a catalogue in a database, in an order that works. */
export function createObjects(database: DatabaseSync, entries: readonly CatalogEntry[]): void {
  for (const entry of inOrder(entries)) create(database, entry);
}

/** The catalogue of a schema: what its own statements make, not what SQLite and modules add. */
export const objectEntries = (schema: Schema): readonly CatalogEntry[] =>
  schema.objects().flatMap((object) => {
    if (object.sql === undefined || (object.kind === 'table' && object.storage === 'shadow')) return [];
    const table = 'table' in object ? object.table : object.name;
    return [{ type: object.kind, name: object.name, table, sql: object.sql }];
  });

const ORDER = ['table', 'view', 'index', 'trigger'];

/** Virtual tables before the others: they make the tables in which they keep their data, which cannot be made by hand. */
function inOrder(entries: readonly CatalogEntry[]): readonly CatalogEntry[] {
  const rank = ({ type, sql }: CatalogEntry) => (isVirtual(sql) ? -1 : ORDER.indexOf(type));
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

const isVirtual = (sql: string): boolean => /^create\s+virtual\b/i.test(sql);

function create(database: DatabaseSync, { type, name, sql }: CatalogEntry): void {
  const made = database
    .prepare('SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE AND type = ?')
    .get(foldName(name), type);
  if (made !== undefined) return;
  try {
    database.exec(sql);
  } catch (cause) {
    throw new D1Error({
      code: 'schema-unreadable',
      message: `The ${type} ${name} of the database cannot be understood: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'If the database itself can use it, report this with its CREATE statement.',
      notes: [sql],
      cause,
    });
  }
}
