import type { Loss } from 'd1-core/migrations';
import { affinityOf, openMemoryDatabase, primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { storedColumns, tablesWithRows, type ContentRow, type Contents } from 'd1-core/seed';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import { attachMemory, compareTable, hold, type Side, type TableComparison } from 'd1-core/witness';

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

/** What the tables of a schema hold. */
export interface Held {
  readonly schema: Schema;
  readonly contents: Contents;
}

/**
 * What the witness finds between two contents, of the tables of before that were read again since, by their names then.
 * `columnsOf` chooses the columns that are compared; a table for which there are none is left out.
 */
export async function compareContents(
  before: Held,
  after: Held,
  columnsOf: (table: Table) => readonly string[] = storedColumns,
): Promise<readonly TableComparison[]> {
  const database = await openMemoryDatabase();
  try {
    attachMemory(database);
    const put = (side: Side, table: Table, columns: readonly string[], contents: Contents) => {
      const kept = new Map(
        table.columns
          .filter(({ name }) => columns.some((column) => foldName(column) === foldName(name)))
          .map(({ name, type, notNull }) => [foldName(name), { name, affinity: affinityOf(type), notNull }]),
      );
      const key = primaryKeyOf(table).map(foldName);
      const primaryKey = key.every((name) => kept.has(name)) ? key : [];
      hold(database, side, table.name, { columns: kept, primaryKey, uniqueKeys: [] });
      const stored = storedColumns(table).map((name) => kept.has(foldName(name)));
      for (const row of contents.get(foldName(table.name)) ?? []) {
        const values = row.filter((_, index) => stored[index]).join(', ');
        database.exec(`INSERT INTO ${side}.${quoteIdentifier(table.name)} VALUES (${values})`);
      }
    };
    return tablesWithRows(before.schema).flatMap((table) => {
      const key = foldName(table.name);
      const columns = columnsOf(table);
      if (columns.length === 0 || before.contents.get(key) === after.contents.get(key)) return [];
      put('before', table, columns, before.contents);
      const now = after.schema.table(table.name);
      if (now !== undefined) put('main', now, storedColumns(now), after.contents);
      return [compareTable(database, { before: table.name, after: now?.name })];
    });
  } finally {
    database.close();
  }
}

/** What of a table is not there any more, or is another value: of rows, and of each column. */
export const lossesIn = ({ table, lost, changes }: TableComparison): readonly Loss[] => [
  ...(lost === 0
    ? []
    : [{ table: table.before ?? '', column: undefined, what: 'rows that its proof did not find again' }]),
  ...changes.map(({ column }) => ({
    table: table.before ?? '',
    column,
    what: 'values that its proof found changed',
  })),
];
