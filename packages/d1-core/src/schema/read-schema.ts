import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { D1Error } from '../errors/index.ts';
import { foldName } from '../sql/index.ts';
import type { Schema, Column, ForeignKey, ForeignKeyAction, Index, SchemaObject, Table } from './model.ts';
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

/** Returns the rows that `readCatalog` takes. */
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

/** What a statement may have done to `sqlite_schema`: the cheapest way to find out depends on it. */
export type CatalogChange = 'created' | 'dropped' | 'column-added' | 'altered';

/** Carries the changes of a database's schema over to a timeline. */
interface CatalogFollower {
  /** `table` is needed for `column-added` alone. */
  follow(change: CatalogChange, table?: string): void;
}

/**
 * Reading the whole catalogue after every statement would cost as much as the square of the number of migrations. A
 * new object stands after the last known row, ADD COLUMN changes one row, and only what differs is described.
 */
export function followCatalog(
  database: DatabaseSync,
  timeline: SchemaTimeline,
  hidden: ReadonlySet<string>,
): CatalogFollower {
  const reader = schemaReader(database);
  let known = new Map<number, CatalogRow>();
  /** The highest number of a row. SQLite gives the next object the one after it. */
  let last = -1;

  const forget = ({ type, name }: CatalogRow) => {
    if (isKind(type)) timeline.remove(type, name);
  };
  const learn = (row: CatalogRow) => {
    known.set(row.rowid, row);
    last = Math.max(last, row.rowid);
    const object = hidden.has(foldName(row.table)) ? undefined : reader.describe(row);
    if (object !== undefined) timeline.put(object);
  };

  return {
    follow(change, table = '') {
      switch (change) {
        case 'created':
          for (const row of reader.rowsAfter(last)) learn(row);
          break;
        case 'column-added':
          for (const row of reader.rowsOfTable(table)) learn(row);
          break;
        case 'dropped': {
          const left = reader.rowids();
          for (const [rowid, row] of known) {
            if (left.has(rowid)) continue;
            known.delete(rowid);
            forget(row);
          }
          last = Math.max(-1, ...left);
          break;
        }
        case 'altered': {
          const before = known;
          const rows = reader.rowsAfter(-1);
          known = new Map(rows.map((row) => [row.rowid, row]));
          last = rows.at(-1)?.rowid ?? -1;
          for (const row of before.values()) if (!isSameObject(row, known.get(row.rowid))) forget(row);
          for (const row of rows) if (!isSame(row, before.get(row.rowid))) learn(row);
          break;
        }
      }
    },
  };
}

const isSameObject = (a: CatalogRow, b: CatalogRow | undefined): boolean =>
  a.type === b?.type && a.name === b.name;

const isSame = (a: CatalogRow, b: CatalogRow | undefined): boolean =>
  b !== undefined && isSameObject(a, b) && a.table === b.table && a.sql === b.sql;

const isKind = (type: string): type is 'table' | 'index' | 'view' | 'trigger' =>
  type === 'table' || type === 'index' || type === 'view' || type === 'trigger';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** One row of `sqlite_schema`. */
interface CatalogRow {
  readonly rowid: number;
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | undefined;
}

interface SchemaReader {
  /** The rows after one; all with -1. */
  rowsAfter(rowid: number): readonly CatalogRow[];
  /** The row of a table; its name may differ in case. */
  rowsOfTable(table: string): readonly CatalogRow[];
  rowids(): ReadonlySet<number>;
  describe(row: CatalogRow): SchemaObject | undefined;
}

/** Reads objects one by one, with statements that are prepared only once. */
function schemaReader(database: DatabaseSync): SchemaReader {
  const catalog = database.prepare(
    'SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_schema WHERE rowid > ? ORDER BY rowid',
  );
  const tables = database.prepare(
    "SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
  );
  // One text instead of thousands of rows: the cost of a row is the making of its object.
  const rowids = database.prepare('SELECT json_group_array(rowid) AS rowids FROM main.sqlite_schema');
  const columns = database.prepare("SELECT * FROM pragma_table_xinfo(?, 'main') WHERE hidden <> 1");
  const keys = database.prepare("SELECT * FROM pragma_foreign_key_list(?, 'main') ORDER BY id, seq");
  const list = database.prepare("SELECT type, wr, strict FROM pragma_table_list(?) WHERE schema = 'main'");
  const indexes = database.prepare("SELECT * FROM pragma_index_list(?, 'main') WHERE name = ?");
  const indexColumns = database.prepare(
    'SELECT name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno',
  );

  let hasVirtual = false;

  function readTable(row: CatalogRow): Table {
    const { name } = row;
    const sql = row.sql ?? '';
    const words = withoutTexts(sql);
    hasVirtual ||= /^create\s+virtual\b/i.test(words);
    // It compiles every view of the schema again, so only where it can tell something.
    const kind = hasVirtual || /\b(strict|rowid)\b/i.test(words) ? list.get(name) : undefined;
    const storage = text(kind?.['type']);
    return {
      kind: 'table',
      name,
      sql,
      columns: columns.all(name).map(readColumn),
      foreignKeys: readForeignKeys(keys.all(name)),
      strict: kind?.['strict'] === 1,
      withoutRowid: kind?.['wr'] === 1,
      autoincrement: /\bautoincrement\b/i.test(words),
      storage: storage === 'virtual' || storage === 'shadow' ? storage : 'ordinary',
    };
  }

  function readIndex({ name, table, sql }: CatalogRow): Index {
    const entry = indexes.get(table, name);
    const origin = text(entry?.['origin']);
    return {
      kind: 'index',
      name,
      table,
      columns: indexColumns.all(name).map((row) => optionalText(row['name'])),
      unique: entry?.['unique'] === 1,
      partial: entry?.['partial'] === 1,
      origin: origin === 'u' ? 'unique' : origin === 'pk' ? 'primary-key' : 'created',
      sql,
    };
  }

  return {
    rowsAfter: (rowid) => catalog.all(rowid).map(readCatalogRow),
    rowsOfTable: (table) => tables.all(table).map(readCatalogRow),
    rowids: () => new Set(readNumbers(text(rowids.get()?.['rowids']))),
    describe(row) {
      switch (row.type) {
        case 'table':
          return readTable(row);
        case 'index':
          return readIndex(row);
        case 'view':
          return { kind: 'view', name: row.name, sql: row.sql ?? '' };
        case 'trigger':
          return { kind: 'trigger', name: row.name, table: row.table, sql: row.sql ?? '' };
        default:
          return undefined;
      }
    },
  };
}

/** A CREATE statement as SQLite has kept it, without what stands in quotes and comments. */
const withoutTexts = (sql: string): string =>
  sql.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*.*?\*\//gs, ' ').trimStart();

const readCatalogRow = (row: Row): CatalogRow => ({
  rowid: Number(row['rowid']),
  type: text(row['type']),
  name: text(row['name']),
  table: text(row['tbl_name']),
  sql: optionalText(row['sql']),
});

const GENERATED: Readonly<Record<number, Column['generated']>> = { 2: 'virtual', 3: 'stored' };

const readColumn = (row: Row): Column => ({
  name: text(row['name']),
  type: text(row['type']),
  notNull: row['notnull'] === 1,
  defaultValue: optionalText(row['dflt_value']),
  primaryKey: Number(row['pk']),
  generated: GENERATED[Number(row['hidden'])] ?? 'no',
});

/** One row a column; the rows of a key follow each other. */
function readForeignKeys(rows: readonly Row[]): readonly ForeignKey[] {
  const ids = [...new Set(rows.map((row) => row['id']))];
  return ids.flatMap((id) => {
    const own = rows.filter((row) => row['id'] === id);
    const [first] = own;
    if (first === undefined) return [];
    const parents = own.map((row) => optionalText(row['to'])).filter((name) => name !== undefined);
    return {
      columns: own.map((row) => text(row['from'])),
      parent: text(first['table']),
      parentColumns: parents.length === own.length ? parents : undefined,
      onDelete: action(first['on_delete']),
      onUpdate: action(first['on_update']),
    };
  });
}

const ACTIONS = ['RESTRICT', 'SET NULL', 'SET DEFAULT', 'CASCADE'] as const;

const action = (value: SQLOutputValue | undefined): ForeignKeyAction =>
  ACTIONS.find((one) => one === value) ?? 'NO ACTION';

function readNumbers(json: string): readonly number[] {
  const numbers: unknown = JSON.parse(json);
  return Array.isArray(numbers) ? numbers.filter((one) => typeof one === 'number') : [];
}

const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : '');
const optionalText = (value: SQLOutputValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
