import type { DatabaseSync } from 'node:sqlite';
import { quoteIdentifier } from 'd1-core/sql';
import { isCounted } from '../loss/index.ts';

/** The tables with rows of their own, but those of the tools and of SQLite; what a virtual one is kept in is left out. */
export const listTables = (database: DatabaseSync, isHidden: (table: string) => boolean): readonly string[] =>
  database
    .prepare(
      `SELECT list.name, list.type, object.sql FROM pragma_table_list AS list
       JOIN main.sqlite_schema AS object ON object.type = 'table' AND object.name = list.name
       WHERE list.schema = 'main' AND list.type IN ('table', 'virtual') ORDER BY list.name`,
    )
    .all()
    .filter(({ type, sql }) =>
      isCounted({ storage: type === 'virtual' ? 'virtual' : 'ordinary', sql: String(sql) }),
    )
    .map(({ name }) => String(name))
    .filter((name) => !isHidden(name));

export function countRows(database: DatabaseSync, table: string): number {
  const row = database.prepare(`SELECT count(*) AS n FROM ${quoteIdentifier(table)}`).get();
  return Number(row?.['n']);
}
