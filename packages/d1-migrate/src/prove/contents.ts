import type { Table } from 'd1-core/schema';
import { storedColumns, type ContentRow, type Contents } from 'd1-core/seed';
import { foldName, quoteIdentifier } from 'd1-core/sql';

/** D1 gives at most 100 columns in a result, and takes 100,000 bytes in a statement. */
const TABLES_PER_STATEMENT = 90;
const BYTES_PER_STATEMENT = 80_000;

/** The statements that read tables: one for most schemas. */
export function readContentsStatements(tables: readonly Table[]): readonly string[] {
  return groupsOf(tables).map(
    (group) => `SELECT ${group.map(({ sql }, index) => `(${sql}) AS t${index}`).join(', ')}`,
  );
}

/** What the statements of `readContentsStatements` for the same tables gave. */
export function contentsOf(
  tables: readonly Table[],
  results: readonly (readonly Readonly<Record<string, unknown>>[])[],
): Contents {
  const contents = new Map<string, readonly ContentRow[]>();
  for (const [at, group] of groupsOf(tables).entries()) {
    const [row] = results[at] ?? [];
    for (const [index, { name }] of group.entries())
      contents.set(foldName(name), parseRows(row?.[`t${index}`]));
  }
  return contents;
}

interface TableQuery {
  readonly name: string;
  readonly sql: string;
}

function groupsOf(tables: readonly Table[]): readonly (readonly TableQuery[])[] {
  const groups: TableQuery[][] = [];
  let bytes = 0;
  for (const table of tables) {
    const query = { name: table.name, sql: tableQuery(table) };
    const size = Buffer.byteLength(query.sql) + 20;
    const group = groups.at(-1);
    if (group === undefined || group.length >= TABLES_PER_STATEMENT || bytes + size > BYTES_PER_STATEMENT) {
      groups.push([query]);
      bytes = size;
    } else {
      group.push(query);
      bytes += size;
    }
  }
  return groups;
}

function tableQuery(table: Table): string {
  const values = storedColumns(table).map((name) => `quote(${quoteIdentifier(name)})`);
  return `SELECT json_group_array(json_array(${values.join(', ')})) FROM ${quoteIdentifier(table.name)}`;
}

function parseRows(text: unknown): readonly ContentRow[] {
  const rows: unknown = typeof text === 'string' ? JSON.parse(text) : [];
  if (!Array.isArray(rows)) return [];
  return rows.map((row: unknown) =>
    (Array.isArray(row) ? row : []).map((value: unknown) =>
      typeof value === 'string' ? value : JSON.stringify(value),
    ),
  );
}
