import { columnOf, type Schema } from 'd1-core/schema';
import { identifier, foldName } from 'd1-core/sql';
import type { InsertedRow } from './inserted-rows.ts';
import type { Lineage } from './lineage.ts';

/** D1 takes no more than 100 levels in an expression, and a chain of OR is as deep as it is long. */
const ROWS_PER_STATEMENT = 50;

/** Deletes the rows that the migration added, last first, while its triggers are there: a search index follows. */
export function deleteInserted({ inserted, successorOf }: Lineage, after: Schema): readonly string[] {
  const groups = new Map<string, InsertedRow[]>();
  for (const row of inserted) groups.set(row.table, [...(groups.get(row.table) ?? []), row]);
  return [...groups].reverse().flatMap(([name, rows]) => {
    const successor = successorOf(name);
    const table = after.table(successor?.after ?? '');
    if (successor === undefined || table === undefined) return [];
    const columnNow = (column: string) =>
      columnOf(table, successor.columns.get(foldName(column))?.name ?? '')?.name ?? column;
    return chunks(rows).map(
      (chunk) => `DELETE FROM ${identifier(table.name)} WHERE ${where(chunk, columnNow)}`,
    );
  });
}

/** One column: `IN`; several: `OR`. */
function where(rows: readonly InsertedRow[], columnNow: (column: string) => string): string {
  const [first] = rows;
  const [only, ...others] = first?.key ?? [];
  if (only !== undefined && others.length === 0) {
    const values = rows.map(({ key }) => key[0]?.literal ?? 'NULL').join(', ');
    return `${identifier(columnNow(only.column))} IN (${values})`;
  }
  return rows
    .map(({ key }) => key.map(({ column, literal }) => `${identifier(columnNow(column))} = ${literal}`))
    .map((parts) => `(${parts.join(' AND ')})`)
    .join(' OR ');
}

/** Rows whose keys have the same columns, some at a time. */
function chunks(rows: readonly InsertedRow[]): readonly (readonly InsertedRow[])[] {
  const byKey = Map.groupBy(rows, ({ key }) => key.map(({ column }) => foldName(column)).join('\n'));
  return [...byKey.values()].flatMap((same) =>
    Array.from({ length: Math.ceil(same.length / ROWS_PER_STATEMENT) }, (_, index) =>
      same.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT),
    ),
  );
}
