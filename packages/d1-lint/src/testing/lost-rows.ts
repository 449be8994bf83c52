import { identifiers, loadTokenizer, splitStatements } from 'd1-core/sql';
import type { TestDatabase } from './database-pool.ts';

async function statementsOf(text: string): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  return splitStatements(tokenize(text)).map(({ start, end }) => text.slice(start, end));
}

/** Runs each file as one transaction, as wrangler does; gives the error of the first that fails. */
export async function runFiles(
  database: TestDatabase,
  texts: readonly string[],
): Promise<string | undefined> {
  for (const text of texts) {
    try {
      await database.batch(await statementsOf(text));
    } catch (error) {
      return String(error);
    }
  }
  return undefined;
}

type Rows = ReadonlyMap<string, readonly string[]>;

/** The rows of every table as text, without generated columns. */
async function readRows(
  database: TestDatabase,
  columnsOf: ReadonlyMap<string, readonly string[]>,
): Promise<Rows> {
  const rows = new Map<string, readonly string[]>();
  for (const [table, columns] of columnsOf) {
    try {
      const [found = []] = await database.batch([
        `SELECT ${identifiers(columns)} FROM ${identifiers([table])}`,
      ]);
      rows.set(table, found.map((row) => JSON.stringify(row)).sort());
    } catch {
      // The table or the column is gone, and all that was in it.
      rows.set(table, []);
    }
  }
  return rows;
}

async function readColumns(database: TestDatabase): Promise<ReadonlyMap<string, readonly string[]>> {
  const [rows = []] = await database.batch([
    `SELECT t.name AS name, c.name AS column FROM pragma_table_list AS t JOIN pragma_table_xinfo(t.name) AS c
     WHERE t.schema = 'main' AND t.type = 'table' AND c.hidden = 0
     AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  ]);
  const columns = new Map<string, string[]>();
  for (const row of rows) {
    const table = String(row['name']);
    columns.set(table, [...(columns.get(table) ?? []), String(row['column'])]);
  }
  return columns;
}

/**
 * Runs all but the last file, remembers the rows, runs the last file, and tells what is missing or altered. Where D1 refuses
 * a file, `error` says why.
 */
export async function lostRows(
  database: TestDatabase,
  texts: readonly string[],
): Promise<{ readonly error: string | undefined; readonly lost: readonly string[] }> {
  const first = await runFiles(database, texts.slice(0, -1));
  if (first !== undefined) return { error: first, lost: [] };
  const columns = await readColumns(database);
  const before = await readRows(database, columns);
  const error = await runFiles(database, texts.slice(-1));
  const after = await readRows(database, columns);
  const lost = [...before].flatMap(([table, rows]) =>
    rows.filter((row) => after.get(table)?.includes(row) !== true).map((row) => `${table} ${row}`),
  );
  return { error, lost };
}
