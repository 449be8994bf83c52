import type { DatabaseSync } from 'node:sqlite';
import { type Affinity, affinityOf } from '../schema/index.ts';
import { foldName, quoteIdentifier, quoteText } from '../sql/index.ts';

export interface ShapeColumn {
  readonly name: string;
  readonly affinity: Affinity;
  readonly notNull: boolean;
}

/** What is needed of a table to tell its rows apart. */
export interface TableShape {
  /** With its schema, as SQL. */
  readonly sql: string;
  /** Those that hold values, by folded name; generated ones are left out. */
  readonly columns: ReadonlyMap<string, ShapeColumn>;
  /** Folded names, in the order of the key; empty where there is none. */
  readonly primaryKey: readonly string[];
  /** Further keys: the columns of the UNIQUE indexes that are NOT NULL throughout. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** A name under which the rowid can be read; undefined where there is none. */
  readonly rowid: string | undefined;
  /** Asks for the highest number that AUTOINCREMENT has given; undefined where no table has one. */
  readonly sequence: string | undefined;
  /** Its CREATE statement. */
  readonly definition: string;
}

export function shapeOf(database: DatabaseSync, schema: 'main' | 'before', table: string): TableShape {
  const ask = (sql: string) => database.prepare(sql).all();
  const literal = quoteText(table);
  const info = ask(`SELECT * FROM pragma_table_xinfo(${literal}, '${schema}')`);
  const columns = new Map(
    info
      .filter(({ hidden }) => hidden === 0)
      .map(({ name, type, notnull }) => [
        foldName(String(name)),
        { name: String(name), affinity: keptAffinity(String(type)), notNull: notnull === 1 },
      ]),
  );
  const primaryKey = info
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a['pk']) - Number(b['pk']))
    .map(({ name }) => foldName(String(name)));
  const uniqueKeys = ask(
    `SELECT name FROM pragma_index_list(${literal}, '${schema}') WHERE "unique" AND NOT partial AND origin <> 'pk' ORDER BY name`,
  )
    .map(({ name }) =>
      ask(`SELECT name FROM pragma_index_info(${quoteText(String(name))}, '${schema}') ORDER BY seqno`),
    )
    .map((parts) => parts.map(({ name }) => (name === null ? '' : foldName(String(name)))))
    .filter((key) => key.every((name) => columns.get(name)?.notNull === true));
  const [list] = ask(`SELECT wr FROM pragma_table_list(${literal}) WHERE schema = '${schema}'`);
  const taken = new Set(info.map(({ name }) => foldName(String(name))));
  const [found] = ask(
    `SELECT sql FROM ${schema}.sqlite_schema WHERE type = 'table' AND name = ${literal} COLLATE NOCASE`,
  );
  const numbered = ask(`SELECT 1 FROM ${schema}.sqlite_schema WHERE name = 'sqlite_sequence'`).length > 0;
  return {
    sql: `"${schema}".${quoteIdentifier(table)}`,
    columns,
    primaryKey,
    uniqueKeys,
    rowid: list?.['wr'] === 1 ? undefined : ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)),
    sequence: numbered
      ? `SELECT seq FROM ${schema}.sqlite_sequence WHERE name = ${literal} COLLATE NOCASE`
      : undefined,
    definition: String(found?.['sql'] ?? ''),
  };
}

/** In a STRICT table ANY keeps each value as it is given. */
const keptAffinity = (type: string): Affinity => (/^any$/i.test(type) ? 'BLOB' : affinityOf(type));

/**
 * The tables whose rows can be compared, by name: not SQLite's own, and not what virtual tables are kept in. An FTS5 table
 * over the rows of another one is left out too: `searchFaults` asks whether it finds them.
 */
export const listTables = (
  database: DatabaseSync,
  isHidden: (table: string) => boolean = () => false,
): readonly string[] =>
  database
    .prepare(
      `SELECT list.name, object.sql FROM pragma_table_list AS list
       JOIN main.sqlite_schema AS object ON object.type = 'table' AND object.name = list.name
       WHERE list.schema = 'main' AND list.type IN ('table', 'virtual') AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       ORDER BY list.name`,
    )
    .all()
    .filter(({ sql }) => contentOption(String(sql)) !== 'another')
    .map(({ name }) => String(name))
    .filter((name) => !isHidden(name));

/** Where an FTS5 table keeps its text: in itself, not at all, or in another table. */
export function contentOption(sql: string): 'own' | 'none' | 'another' {
  if (!/^create\s+virtual\s+table\b[\s\S]*\busing\s+fts5\b/i.test(sql)) return 'own';
  const [, text] = /[(,]\s*content\s*=\s*('[^']*'|"[^"]*"|\w+)\s*[,)]/i.exec(sql) ?? [];
  if (text === undefined) return 'own';
  return text === "''" || text === '""' ? 'none' : 'another';
}
