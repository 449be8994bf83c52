import type { Row } from 'd1-core/database';
import { quoteIdentifier } from 'd1-core/sql';
import type { LossPlan } from './plan.ts';
import type { TableTrace } from './table-trace.ts';

/** Rows by the table's name before the migrations. A table that is gone has none. */
export type RowCounts = ReadonlyMap<string, number>;

/** The statements that count the rows of the tables of a plan, at one moment of its migrations. */
export const countStatements = ({ tables }: LossPlan, { names }: TableTrace): readonly string[] =>
  presentTables(tables, names).map(([, now]) => `SELECT count(*) AS rows FROM ${quoteIdentifier(now)}`);

/** Reads the answers to `countStatements`. */
export function readCounts(
  { tables }: LossPlan,
  { names }: TableTrace,
  answers: readonly (readonly Row[])[],
): RowCounts {
  const counts = new Map(tables.map((table) => [table, 0]));
  for (const [index, [table]] of presentTables(tables, names).entries()) {
    counts.set(table, Number(answers[index]?.[0]?.['rows'] ?? 0));
  }
  return counts;
}

const presentTables = (
  tables: readonly string[],
  names: TableTrace['names'],
): readonly (readonly [string, string])[] =>
  tables.flatMap((table) => {
    const now = names.get(table);
    return now === undefined ? [] : [[table, now] as const];
  });
