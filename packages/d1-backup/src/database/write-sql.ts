import { createHash } from 'node:crypto';
import type { D1 } from 'd1-core/database';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import type { TableDigest } from '../format/index.ts';
import type { Catalog } from './catalog.ts';
import { createPieces, insertStatements } from './insert-rows.ts';
import { readAhead, readRows, type DataRow, type RowPage } from './read-rows.ts';
import type { Searches } from './search-index.ts';
import { inForeignKeyOrder, type Table } from './table.ts';

export interface Digester {
  add(rows: readonly DataRow[]): void;
  finish(): TableDigest;
}

/** Values hold no comma and no line end, so that no two contents give the same text. */
export function digester(name: string): Digester {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(rows) {
      count += rows.length;
      hash.update(rows.map((row) => `${row.map((value) => value ?? 'n').join(',')}\n`).join(''));
    },
    finish: () => ({ name, rows: count, sha256: hash.digest('hex') }),
  };
}

export interface ContentSink {
  /** Called when a table has been read. */
  onTable(digest: TableDigest): void;
  /** Called with the number of rows that have been read, of all tables. */
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Where the rows of a table are read, if not from the database itself. */
  readonly sourceOf?: ((table: Table) => D1) | undefined;
  /** How full-text searches are filled whose text is elsewhere; not at all without it. */
  readonly searches?: Pick<Searches, 'plans'> | undefined;
}

/**
 * The statements that rebuild a database, each without its semicolon: tables, rows with parents before children,
 * sequences, indexes, views, virtual tables, triggers. Reads the rows while it is iterated.
 */
export async function* contentStatements(
  d1: D1,
  catalog: Catalog,
  { onTable, onRows, sourceOf, searches }: ContentSink,
): AsyncGenerator<string> {
  const { objects, tables, virtualTables, parentIndexes, internalTables } = catalog;
  const virtual = new Set(virtualTables.map(({ name }) => name));
  const sqlOf = (type: string, isWanted: (name: string) => boolean = () => true) =>
    objects.filter((object) => object.type === type && isWanted(object.name)).map(({ sql }) => sql);
  const pieces = freeName('d1_backup_pieces', objects);
  let count = 0;

  async function* rowsOf(table: Table, first?: RowPage): AsyncGenerator<string> {
    const digest = digester(table.name);
    for await (const rows of readRows(sourceOf?.(table) ?? d1, table, first)) {
      digest.add(rows);
      onRows?.((count += rows.length));
      yield* insertStatements(table, rows, pieces);
    }
    onTable(digest.finish());
  }

  // Rows of a cycle, and of a table that points to itself, may come before what they point to.
  yield 'PRAGMA defer_foreign_keys = on';
  yield* sqlOf('table', (name) => !virtual.has(name));
  yield createPieces(pieces);
  yield* sqlOf('index', (name) => parentIndexes.has(name));
  const ordered = inForeignKeyOrder(tables);
  if (sourceOf === undefined) {
    for await (const { table, first } of readAhead(d1, ordered)) yield* rowsOf(table, first);
  } else {
    for (const table of ordered) yield* rowsOf(table);
  }
  for (const table of internalTables) {
    if (table.name === 'sqlite_stat1') yield 'ANALYZE sqlite_schema';
    yield `DELETE FROM ${table.name}`;
    yield* rowsOf(table);
  }
  yield* sqlOf('index', (name) => !parentIndexes.has(name));
  yield* sqlOf('view');
  for (const virtualTable of virtualTables) {
    const { name, module, sql, content, table } = virtualTable;
    yield sql;
    if (module === 'fts5') yield* settingsOfFts5(d1, name);
    if (content === 'rows') yield* rowsOf(table);
    const plan = searches?.plans.get(name);
    if (plan?.statements !== undefined) yield* plan.statements();
    for (const rows of plan?.words?.() ?? []) yield* insertStatements(table, rows, pieces);
  }
  yield `DROP TABLE ${quoteIdentifier(pieces)}`;
  yield* sqlOf('trigger');
}

/** What was set with INSERT INTO f(f, rank): https://sqlite.org/fts5.html#special_insert_commands */
async function* settingsOfFts5(d1: D1, name: string): AsyncGenerator<string> {
  const config = quoteIdentifier(`${name}_config`);
  const [rows = []] = await d1.batch([
    `SELECT quote(k) AS k, quote(v) AS v FROM ${config} WHERE k <> 'version' ORDER BY k`,
  ]);
  const own = quoteIdentifier(name);
  for (const { k, v } of rows) yield `INSERT INTO ${own}(${own}, rank) VALUES (${k}, ${v})`;
}

function freeName(wanted: string, objects: Catalog['objects']): string {
  const taken = new Set(objects.map(({ name }) => foldName(name)));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}_${number}`;
  return name;
}
