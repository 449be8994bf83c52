import { columnOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, sameName } from 'd1-core/sql';
import type { MigrationStep } from '../replay/index.ts';
import type { Loss } from 'd1-core/migrations';
import { storedColumns, tablesWithRows, type ContentRow, type Contents } from 'd1-core/seed';

export interface Allowed {
  /** What the script says that it does not bring back. */
  readonly losses: readonly Loss[];
  /** Tables in which rows may stay that the migration added. */
  readonly kept: readonly string[];
}

/** The first table whose rows are not what they were, in words; undefined where all are. */
export function contentsDifference(
  schema: Schema,
  before: Contents,
  after: Contents,
  { losses, kept }: Allowed,
): string | undefined {
  for (const table of tablesWithRows(schema)) {
    const key = foldName(table.name);
    if (before.get(key) === after.get(key)) continue;
    const lost = losses.filter((loss) => sameName(loss.table, table.name));
    if (lost.some(({ column }) => column === undefined)) continue;
    const project = projection(table, lost);
    const rows = (contents: Contents) => (contents.get(key) ?? []).map(project);
    const mayHaveMore = kept.some((name) => sameName(name, table.name));
    const difference = rowsDifference(rows(before), rows(after), mayHaveMore);
    if (difference !== undefined) return `${table.name} has ${difference}`;
  }
  return undefined;
}

/**
 * The tables of before whose rows are not the same behind a migration, by the columns that they had before it: a table that
 * has another name then is not among them.
 */
export function changedTables(
  { before, after }: Pick<MigrationStep, 'before' | 'after'>,
  contentsBefore: Contents,
  contentsAfter: Contents,
): readonly string[] {
  return tablesWithRows(before).flatMap((table) => {
    const key = foldName(table.name);
    const now = after.table(table.name);
    if (now === undefined || contentsBefore.get(key) === contentsAfter.get(key)) return [];
    const shared = storedColumns(table).filter((name) => columnOf(now, name)?.generated === 'no');
    const rows = (contents: Contents, columns: readonly string[]) => {
      const places = shared.map((name) => columns.findIndex((column) => sameName(column, name)));
      return (contents.get(key) ?? []).map((row) => JSON.stringify(places.map((place) => row[place])));
    };
    const was = rows(contentsBefore, storedColumns(table));
    return rowsDifference(was, rows(contentsAfter, storedColumns(now)), false) === undefined
      ? []
      : [table.name];
  });
}

/** A row as one text, without the columns that are lost. */
function projection(table: Table, lost: readonly Loss[]): (row: ContentRow) => string {
  const isCompared = storedColumns(table).map(
    (name) => !lost.some(({ column }) => column !== undefined && sameName(column, name)),
  );
  return (row) => JSON.stringify(row.filter((_, index) => isCompared[index]));
}

function rowsDifference(
  before: readonly string[],
  after: readonly string[],
  mayHaveMore: boolean,
): string | undefined {
  const left = new Map<string, number>();
  for (const row of after) left.set(row, (left.get(row) ?? 0) + 1);
  let missing = 0;
  for (const row of before) {
    const count = left.get(row) ?? 0;
    if (count === 0) missing += 1;
    else left.set(row, count - 1);
  }
  const extra = [...left.values()].reduce((sum, count) => sum + count, 0);
  if (missing === 0 && (extra === 0 || mayHaveMore)) return undefined;
  if (extra === 0) return `${missing} of ${before.length} rows less`;
  return missing === 0
    ? `${extra} rows more`
    : `other values than before in ${missing} of ${before.length} rows`;
}
