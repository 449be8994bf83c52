import { canonicalSql } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';

/** Every object of a database, as `table lists`, with its statement without formatting. */
export type CatalogState = ReadonlyMap<string, string>;

/** Gives the whole catalogue in one value: of many rows, the way through D1 is what takes the time. */
export const READ_STATE =
  "SELECT json_group_array(json_array(type, name, sql)) AS catalog FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_cf_*'";

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Makes states of what `READ_STATE` gives. The same statements come again and again. */
export function stateReader(tokenize: Tokenize): (rows: Rows) => CatalogState {
  const known = new Map<string, string>();
  const canonical = (sql: string) => {
    const text = known.get(sql) ?? canonicalSql(sql, tokenize);
    known.set(sql, text);
    return text;
  };
  return ([row]) => {
    const entries: unknown = JSON.parse(String(row?.['catalog'] ?? '[]'));
    return new Map(
      (Array.isArray(entries) ? entries : []).map(([type, name, sql]: readonly unknown[]) => [
        `${String(type)} ${foldName(String(name))}`,
        canonical(String(sql)),
      ]),
    );
  };
}

/** What differs, in words; undefined where nothing does. */
export function catalogDifference(expected: CatalogState, actual: CatalogState): string | undefined {
  const missing = [...expected.keys()].filter((key) => !actual.has(key));
  const extra = [...actual.keys()].filter((key) => !expected.has(key));
  const other = [...expected].filter(([key, sql]) => actual.has(key) && actual.get(key) !== sql);
  const parts = [
    missing.length > 0 ? `missing: ${missing.join(', ')}` : '',
    extra.length > 0 ? `still there: ${extra.join(', ')}` : '',
    other.length > 0 ? `not as it was: ${other.map(([key]) => key).join(', ')}` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? undefined : parts.join('; ');
}
