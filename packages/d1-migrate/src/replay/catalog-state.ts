import type { D1 } from 'd1-core/database';
import { isOurTable } from 'd1-core/records';
import { isSameSql, objectEntries, readSchema, type Schema } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';

/** Every object of a database, as `table lists`, with its statement. */
export type CatalogState = ReadonlyMap<string, string>;

/** Returns the whole catalogue in one value: of many rows, the way through D1 is what takes the time. */
export const READ_STATE =
  "SELECT json_group_array(json_array(type, name, sql)) AS catalog FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Makes a state of what `READ_STATE` gives. */
export function readCatalogState([row]: Rows): CatalogState {
  const entries: unknown = JSON.parse(String(row?.['catalog'] ?? '[]'));
  return new Map(
    (Array.isArray(entries) ? entries : []).map(([type, name, sql]: readonly unknown[]) => [
      `${String(type)} ${foldName(String(name))}`,
      String(sql),
    ]),
  );
}

/** How a database differs from what was expected, whose schema is known, in words; undefined where it does not. */
export function catalogDifference(
  expected: CatalogState,
  actual: CatalogState,
  schema: Schema,
  tokenize: Tokenize,
): string | undefined {
  const missing = [...expected.keys()].filter((key) => !actual.has(key));
  const extra = [...actual.keys()].filter((key) => !expected.has(key));
  const other = [...expected].filter(([key, sql]) => {
    const found = actual.get(key);
    return found !== undefined && !isSameSql(sql, found, tokenize, schema);
  });
  const parts = [
    missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
    extra.length > 0 ? `still there: ${extra.join(', ')}` : '',
    other.length > 0 ? `not as it was: ${other.map(([key]) => key).join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join('; ');
}

export const readActualSchema = (d1: D1, historyTable: string): Promise<Schema> =>
  readSchema(d1, (table) => isOurTable(table, historyTable));

/** How a schema differs from the expected one, in words; undefined where it does not. */
export function schemaDifference(expected: Schema, actual: Schema, tokenize: Tokenize): string | undefined {
  const stateOf = (schema: Schema) =>
    new Map(objectEntries(schema).map(({ type, name, sql }) => [`${type} ${foldName(name)}`, sql] as const));
  return catalogDifference(stateOf(expected), stateOf(actual), expected, tokenize);
}
