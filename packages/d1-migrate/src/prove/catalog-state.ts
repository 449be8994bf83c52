import { canonicalSql, readCatalog } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';

/** Every object of a database, as `table lists`, with its statement without formatting. */
export type CatalogState = ReadonlyMap<string, string>;

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Makes states of the rows that `READ_CATALOG` gives. The same statements come again and again. */
export function catalogReader(tokenize: Tokenize): (rows: Rows) => CatalogState {
  const known = new Map<string, string>();
  const canonical = (sql: string) => {
    const text = known.get(sql) ?? canonicalSql(sql, tokenize);
    known.set(sql, text);
    return text;
  };
  return (rows) =>
    new Map(
      readCatalog(rows)
        .filter(({ name }) => !/^(sqlite_|_cf_)/i.test(name))
        .map(({ type, name, sql }) => [`${type} ${foldName(name)}`, canonical(sql)] as const),
    );
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
