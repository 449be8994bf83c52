import { primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { identifier, identifiers, sameName } from 'd1-core/sql';
import { UNDO_ROWID, type CapturedData, type Lineage } from './lineage.ts';

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
