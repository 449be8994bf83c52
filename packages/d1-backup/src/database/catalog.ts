import type { D1, Row } from 'd1-core/database';
import { foldName, loadTokenizer, type Tokenize } from 'd1-core/sql';
import { describeTable, type Table } from './table.ts';
import { readVirtualTable, type VirtualTable } from './virtual-table.ts';

/** An object of the schema, as `sqlite_schema` has it. */
export interface SchemaObject {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  /** Without white space at its end, and so that a semicolon after it ends the statement. */
  readonly sql: string;
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

function internalTable(name: string, columns: readonly string[], key: string): Table {
  return { name, columns, key: [key], hiddenRowid: undefined, parents: [] };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
