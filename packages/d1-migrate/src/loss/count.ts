import type { Row } from 'd1-core/database';
import { quoteIdentifier } from 'd1-core/sql';
import type { GuardedTable, LossPlan } from './plan.ts';
import type { TableTrace } from './table-trace.ts';

export interface TableCount {
  readonly rows: number;
  /** The values that are not NULL, by column. */
  readonly values: ReadonlyMap<string, number>;
}

/** By the table's name before the migrations. A table that is gone is not in it. */
export type TableCounts = ReadonlyMap<string, TableCount>;

/** The statements that count the rows of the tables of a plan, at one moment of its migrations. */
export const countStatements = ({ tables }: LossPlan, { names }: TableTrace): readonly string[] =>
  presentTables(tables, names).map(([{ columns }, now]) => {
    const values = columns.map((column, index) => `, count(${quoteIdentifier(column)}) AS c${index}`);
    return `SELECT count(*) AS rows${values.join('')} FROM ${quoteIdentifier(now)}`;
  });

/** Reads the answers to `countStatements`. */
export function readCounts(
  { tables }: LossPlan,
  { names }: TableTrace,
  answers: readonly (readonly Row[])[],
): TableCounts {
  return new Map(
    presentTables(tables, names).map(([{ name, columns }], index) => {
      const row = answers[index]?.[0];
      const values = new Map(columns.map((column, at) => [column, Number(row?.[`c${at}`] ?? 0)]));
      return [name, { rows: Number(row?.['rows'] ?? 0), values }];
    }),
  );
}

const presentTables = (
  tables: readonly GuardedTable[],
  names: TableTrace['names'],
): readonly (readonly [GuardedTable, string])[] =>
  tables.flatMap((table) => {
    const now = names.get(table.name);
    return now === undefined ? [] : [[table, now] as const];
  });
