import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Column, ForeignKey, ForeignKeyAction, Index, SchemaObject, Table } from './model.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** One row of `sqlite_schema`. */
export interface CatalogRow {
  readonly rowid: number;
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | undefined;
}

export interface SchemaReader {
  /** The rows behind one; all with -1. */
  rowsAfter(rowid: number): readonly CatalogRow[];
  /** The row of a table; its name may differ in case. */
  rowsOfTable(table: string): readonly CatalogRow[];
  rowids(): ReadonlySet<number>;
  describe(row: CatalogRow): SchemaObject | undefined;
}

/** Reads objects one by one, with statements that are prepared only once. */
export function schemaReader(database: DatabaseSync): SchemaReader {
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
    // It compiles every view of the schema anew, so only where it can tell something.
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
