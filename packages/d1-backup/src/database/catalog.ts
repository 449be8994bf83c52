import type { D1, Row } from 'd1-core/database';
import { foldName, loadTokenizer, quoteIdentifier, type Tokenize } from 'd1-core/sql';
import { readVirtualTable, type VirtualTable } from './virtual-table.ts';

/** An object of the schema, as `sqlite_schema` has it. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  /** Without white space at its end, and so that a semicolon behind it ends the statement. */
  readonly sql: string;
}

/** A table whose rows are data. */
export interface Table {
  readonly name: string;
  /** Those that hold data; generated columns are left out. */
  readonly columns: readonly string[];
  /** What orders the rows and tells them apart, as SQL expressions. Empty when nothing can. */
  readonly key: readonly string[];
  /** The name of the rowid, when rows have one that no column shows. */
  readonly hiddenRowid: string | undefined;
  /** Tables that its foreign keys point to, itself left out. */
  readonly parents: readonly string[];
}

/** What a database consists of. Cloudflare's own tables, `_cf_…`, are left out. */
export interface Catalog {
  /** What CREATE statements made, in that order; the shadow tables of virtual ones are left out. */
  readonly objects: readonly SchemaObject[];
  /** The ordinary tables. */
  readonly tables: readonly Table[];
  readonly virtualTables: readonly VirtualTable[];
  /** The indexes to whose columns foreign keys may point: they must be there before rows are. */
  readonly parentIndexes: ReadonlySet<string>;
  /** Which of SQLite's own tables with data there are. */
  readonly internalTables: readonly Table[];
}

const OWN = String.raw`name NOT LIKE '\_cf\_%' ESCAPE '\'`;
const TABLES = `(SELECT name AS owner FROM sqlite_schema WHERE type = 'table' AND ${OWN})`;

const STATEMENTS = [
  `SELECT type, name, sql FROM sqlite_schema WHERE ${OWN} ORDER BY rowid`,
  `SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND ${OWN}`,
  `SELECT owner, name, type, pk, hidden FROM ${TABLES}, pragma_table_xinfo(owner) ORDER BY owner, cid`,
  `SELECT DISTINCT owner, "table" AS parent FROM ${TABLES}, pragma_foreign_key_list(owner)`,
  `SELECT owner, name, origin, "unique" AS is_unique FROM ${TABLES}, pragma_index_list(owner)`,
];

/** In the order in which they are read and written: sequences when all rows are there. */
const INTERNAL_TABLES: readonly Table[] = [
  internalTable('sqlite_sequence', ['name', 'seq'], '"name" COLLATE BINARY'),
  internalTable('sqlite_stat1', ['tbl', 'idx', 'stat'], 'rowid'),
];

/** Reads what a database consists of, in one call. */
export async function readCatalog(d1: D1): Promise<Catalog> {
  const [tokenize, answers] = await Promise.all([loadTokenizer(), d1.batch(STATEMENTS)]);
  const [schema = [], list = [], columns = [], keys = [], indexes = []] = answers;
  const storage = new Map(list.map((row) => [text(row['name']), row]));
  const kindOf = ({ name }: SchemaObject) => text(storage.get(name)?.['type']);
  const names = new Set(schema.map((row) => row['name']));
  const parents = new Set(keys.map((row) => foldName(text(row['parent']))));

  const describe = ({ name }: SchemaObject): Table =>
    describeTable({
      name,
      withoutRowid: storage.get(name)?.['wr'] === 1,
      columns: columns.filter((row) => row['owner'] === name),
      hasKeyIndex: indexes.some((row) => row['owner'] === name && row['origin'] === 'pk'),
      parents: keys.filter((row) => row['owner'] === name).map((row) => text(row['parent'])),
    });
  const objects = schema
    .map((row) => schemaObject(row, tokenize))
    .filter((object) => object !== undefined)
    .filter((object) => object.type !== 'table' || kindOf(object) !== 'shadow');
  const tables = objects.filter(({ type }) => type === 'table');
  const columnsOf = (relation: string) => {
    const found = objects.find(
      ({ type, name }) => (type === 'table' || type === 'view') && foldName(name) === foldName(relation),
    );
    const own = columns.filter((row) => row['owner'] === found?.name);
    return found && new Set(own.map((row) => foldName(text(row['name']))));
  };
  return {
    objects,
    tables: tables.filter((object) => kindOf(object) !== 'virtual').map(describe),
    virtualTables: tables
      .filter((object) => kindOf(object) === 'virtual')
      .map((object) => readVirtualTable(object, describe(object), tokenize, columnsOf)),
    parentIndexes: new Set(
      indexes
        .filter((row) => row['is_unique'] === 1 && parents.has(foldName(text(row['owner']))))
        .map((row) => text(row['name'])),
    ),
    internalTables: INTERNAL_TABLES.filter(({ name }) => names.has(name)),
  };
}

/** Undefined for what no statement made: SQLite's own tables, and the indexes of constraints. */
function schemaObject({ type, name, sql }: Row, tokenize: Tokenize): SchemaObject | undefined {
  if (typeof sql !== 'string' || typeof name !== 'string' || /^sqlite_/i.test(name)) return undefined;
  const isKnown = type === 'table' || type === 'index' || type === 'view' || type === 'trigger';
  return isKnown ? { type, name, sql: closed(sql, tokenize) } : undefined;
}

/** SQLite keeps a comment, and sometimes white space, at the end of what it was given. */
function closed(sql: string, tokenize: Tokenize): string {
  const text = sql.replace(/[ \t\n\f\r]+$/, '');
  const last = tokenize(text).at(-1)?.text ?? '';
  if (last.startsWith('--')) return `${text}\n`;
  return last.startsWith('/*') && !/^\/\*[\s\S]*\*\/$/.test(last) ? `${text}*/` : text;
}

interface TableFacts {
  readonly name: string;
  readonly withoutRowid: boolean;
  /** Rows of `table_xinfo`. */
  readonly columns: readonly Row[];
  /** Whether the primary key has an index of its own. */
  readonly hasKeyIndex: boolean;
  readonly parents: readonly string[];
}

function describeTable({ name, withoutRowid, columns, hasKeyIndex, parents }: TableFacts): Table {
  const keyColumns = columns
    .filter((row) => Number(row['pk']) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']));
  const shared = {
    name,
    columns: columns.filter((row) => row['hidden'] === 0).map((row) => text(row['name'])),
    parents: [...new Set(parents)].filter((parent) => foldName(parent) !== foldName(name)),
  };
  if (withoutRowid) {
    // The collation of a column need not be the one of the key; bytes always tell two keys apart.
    const key = keyColumns.map((row) => `${quoteIdentifier(text(row['name']))} COLLATE BINARY`);
    return { ...shared, key, hiddenRowid: undefined };
  }
  const [only, second] = keyColumns;
  const isInteger = /^integer$/i.test(text(only?.['type']));
  if (only !== undefined && second === undefined && isInteger && !hasKeyIndex) {
    return { ...shared, key: [quoteIdentifier(text(only['name']))], hiddenRowid: undefined };
  }
  const taken = new Set(columns.map((row) => foldName(text(row['name']))));
  const rowid = ['rowid', '_rowid_', 'oid'].find((candidate) => !taken.has(candidate));
  return { ...shared, key: rowid === undefined ? [] : [rowid], hiddenRowid: rowid };
}

function internalTable(name: string, columns: readonly string[], key: string): Table {
  return { name, columns, key: [key], hiddenRowid: undefined, parents: [] };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Tables so that each stands behind those that its foreign keys point to. Tables of a cycle come in the order in
 * which they are found.
 */
export function inForeignKeyOrder(tables: readonly Table[]): readonly Table[] {
  const byName = new Map(tables.map((table) => [foldName(table.name), table]));
  const seen = new Set<Table>();
  const ordered: Table[] = [];
  const visit = (table: Table): void => {
    if (seen.has(table)) return;
    seen.add(table);
    for (const parent of table.parents) {
      const found = byName.get(foldName(parent));
      if (found !== undefined) visit(found);
    }
    ordered.push(table);
  };
  for (const table of tables) visit(table);
  return ordered;
}
