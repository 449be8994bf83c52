import { columnOf, primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, identifier, identifiers, sameName } from 'd1-core/sql';
import { type InsertedRow, type CapturedData, type Lineage, UNDO_ROWID } from '../replay/index.ts';

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

/**
 * Brings back what the migration took from rows and kept, the last statement first, when tables and triggers are as they
 * were before it.
 */
export const restoreCaptured = ({ captured }: Lineage, before: Schema): readonly string[] =>
  captured.toReversed().flatMap((data) => {
    const table = before.table(data.table);
    if (table === undefined) return [];
    return data.what === 'rows' ? [insertRows(table, data)] : [updateValues(table, data)];
  });

function insertRows({ name }: Table, { undo, columns }: CapturedData): string {
  const targets = columns.map(({ before }) => (before === UNDO_ROWID ? 'rowid' : identifier(before)));
  const sources = identifiers(columns.map(({ kept }) => kept));
  return `INSERT INTO ${identifier(name)} (${targets.join(', ')}) SELECT ${sources} FROM ${identifier(undo)}`;
}

function updateValues(table: Table, { undo, columns }: CapturedData): string {
  const key = columns.filter(
    ({ before }) => before === UNDO_ROWID || primaryKeyOf(table).some((column) => sameName(column, before)),
  );
  const values = columns.filter((column) => !key.includes(column));
  const own = identifier(table.name);
  const isRow = key
    .map(({ before, kept }) => {
      const column = before === UNDO_ROWID ? 'rowid' : identifier(before);
      return `undo.${identifier(kept)} = ${own}.${column}`;
    })
    .join(' AND ');
  const from = `FROM ${identifier(undo)} AS undo WHERE ${isRow}`;
  const set = values.map(
    ({ before, kept }) => `${identifier(before)} = (SELECT undo.${identifier(kept)} ${from})`,
  );
  return `UPDATE ${own} SET ${set.join(', ')} WHERE EXISTS (SELECT 1 ${from})`;
}
