import type { Loss } from 'd1-core/migrations';
import { columnOf, contentTable, type Schema, type Table } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';
import type { Lineage } from './lineage.ts';
import { roundTrips } from './type-round-trip.ts';

/** What a migration throws away, or changes on the way, that its inverse cannot bring back. */
export async function lossesOf(
  before: Schema,
  after: Schema,
  lineage: Lineage,
  tokenize: Tokenize,
): Promise<readonly Loss[]> {
  const losses: Loss[] = [];
  for (const table of before.tables()) {
    if (table.storage === 'shadow') continue;
    const successor = lineage.successorOf(table.name);
    if (successor === undefined) {
      if (keepsRows(table, tokenize))
        losses.push({ table: table.name, column: undefined, what: 'the table is made anew, and is empty' });
      continue;
    }
    if (!successor.everyRow) {
      const what = 'rows that the migration did not copy';
      losses.push({ table: table.name, column: undefined, what });
    }
    for (const { column, what } of successor.actions) losses.push({ table: table.name, column, what });
    const now = after.table(successor.after);
    for (const column of table.columns) {
      if (column.generated !== 'no') continue;
      const held = successor.columns.get(foldName(column.name));
      const type = held === undefined ? undefined : now && columnOf(now, held.name)?.type;
      const what =
        held === undefined
          ? 'the column is made anew, and its values are gone'
          : held.derived
            ? 'values stay as the migration made them'
            : (await roundTrips(column.type, type ?? column.type))
              ? undefined
              : `values stay as ${type} made them`;
      if (what !== undefined) losses.push({ table: table.name, column: column.name, what });
    }
  }
  return uniqueLosses(losses);
}

/** Of whole rows, what goes of them column by column is not said again. */
export function uniqueLosses(losses: readonly Loss[]): readonly Loss[] {
  const isWhole = (table: string) => losses.some((loss) => loss.table === table && loss.column === undefined);
  return losses.filter(
    (loss, index) =>
      losses.findIndex(({ table, column }) => table === loss.table && column === loss.column) === index &&
      (loss.column === undefined || !isWhole(loss.table)),
  );
}

/** A search index over another table's rows is filled from them again. */
function keepsRows({ storage, sql }: Table, tokenize: Tokenize): boolean {
  return storage !== 'virtual' || contentTable(sql, tokenize) === undefined;
}
