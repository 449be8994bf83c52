import type { DatabaseSync } from 'node:sqlite';
import { columnOf, type Column, type Table } from '../schema/index.ts';
import { foldName, quoteIdentifier } from '../sql/index.ts';
import { otherValues, usualValue, type Check } from './candidates.ts';

/**
 * For each column that has checks of its own, a value that all of them take, by its folded name. They are tried in a
 * temporary table of that column alone: in the table itself the checks of all columns would have to be met at once.
 */
export function fittingValues(
  database: DatabaseSync,
  table: Table,
  checks: readonly Check[],
  row: number,
): ReadonlyMap<string, string> {
  const own = Map.groupBy(
    checks.filter(({ columns }) => columns.length === 1),
    ({ columns }) => columns[0] ?? '',
  );
  return new Map(
    [...own].flatMap(([name, itsChecks]) => {
      const column = columnOf(table, name);
      const value =
        column && fittingValue(database, column, { checks: itsChecks, strict: table.strict, row });
      return value === undefined ? [] : [[foldName(name), value] as const];
    }),
  );
}

function fittingValue(
  database: DatabaseSync,
  column: Column,
  {
    checks,
    strict,
    row,
  }: { readonly checks: readonly Check[]; readonly strict: boolean; readonly row: number },
): string | undefined {
  const conditions = checks.map(({ tokens }) => `CHECK (${tokens.map(({ text }) => text).join(' ')})`);
  const definition = [quoteIdentifier(column.name), column.type, 'NOT NULL', ...conditions].join(' ');
  const runs = (sql: string) => {
    try {
      database.exec(sql);
      return true;
    } catch {
      return false;
    }
  };
  if (!runs(`CREATE TEMP TABLE fitting (${definition})${strict ? ' STRICT' : ''}`)) return undefined;
  const fits = (value: string) => runs(`INSERT INTO temp.fitting VALUES (${value})`);
  const value = [usualValue(column, row), ...otherValues(checks, row)].find(fits);
  database.exec('DROP TABLE temp.fitting');
  return value;
}
