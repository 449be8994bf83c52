import { primaryKeyOf, type ForeignKey, type Index, type Schema, type Table } from 'd1-core/schema';
import { foldName, significantTokens, unquote, type Tokenize } from 'd1-core/sql';

/** Whether SQLite finds the rows of a table that have given values in the columns without reading all of them. */
export function isIndexed(
  schema: Schema,
  table: Table,
  columns: readonly string[],
  tokenize: Tokenize,
): boolean {
  const usable = schema
    .indexesOf(table.name)
    .filter((index) => !index.partial || leavesOutOnlyNulls(index, tokenize));
  return [primaryKeyOf(table), ...usable.map((index) => index.columns)].some(
    (key) => key.length >= columns.length && sameSet(key.slice(0, columns.length), columns),
  );
}

/** `WHERE column IS NOT NULL`, for one of its own columns: SQLite uses such an index for `column = ?`. */
function leavesOutOnlyNulls({ sql = '', columns }: Index, tokenize: Tokenize): boolean {
  const words = significantTokens(tokenize(sql)).map(({ text }) => text);
  const condition = words.slice(words.findLastIndex((word) => word.toUpperCase() === 'WHERE') + 1);
  const [column = '', ...rest] = condition;
  return (
    ['IS NOT NULL', 'NOT NULL', 'NOTNULL'].includes(rest.join(' ').toUpperCase()) &&
    columns.some((one) => one !== undefined && foldName(one) === foldName(unquote(column)))
  );
}

/** Why a foreign key does not fit its parent table; undefined where it does. */
export type KeyFlaw =
  | { readonly flaw: 'no-such-column'; readonly column: string }
  | { readonly flaw: 'no-primary-key' }
  | { readonly flaw: 'column-count'; readonly primaryKey: readonly string[] }
  | { readonly flaw: 'not-unique'; readonly columns: readonly string[] };

/** The rule is SQLite's: the parent columns are the primary key, or those of a UNIQUE index without WHERE. */
export function keyFlaw(schema: Schema, parent: Table, foreignKey: ForeignKey): KeyFlaw | undefined {
  const primaryKey = primaryKeyOf(parent);
  const { columns, parentColumns } = foreignKey;
  if (parentColumns === undefined) {
    if (primaryKey.length === 0) return { flaw: 'no-primary-key' };
    return primaryKey.length === columns.length ? undefined : { flaw: 'column-count', primaryKey };
  }
  const known = new Set(parent.columns.map(({ name }) => foldName(name)));
  const column = parentColumns.find((name) => !known.has(foldName(name)));
  if (column !== undefined) return { flaw: 'no-such-column', column };
  const keys = [
    primaryKey,
    ...schema
      .indexesOf(parent.name)
      .filter((index) => index.unique && !index.partial)
      .map((index) => index.columns),
  ];
  return keys.some((key) => sameSet(key, parentColumns))
    ? undefined
    : { flaw: 'not-unique', columns: parentColumns };
}

/** The parent's columns that a foreign key means. */
export const parentColumnsOf = (parent: Table, { parentColumns }: ForeignKey): readonly string[] =>
  parentColumns ?? primaryKeyOf(parent);

function sameSet(a: readonly (string | undefined)[], b: readonly string[]): boolean {
  const names = new Set(b.map(foldName));
  return (
    a.length === b.length &&
    names.size === b.length &&
    a.every((name) => name !== undefined && names.has(foldName(name)))
  );
}
