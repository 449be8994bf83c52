import {
  hasSameNames,
  primaryKeyOf,
  type ForeignKey,
  type Index,
  type Schema,
  type Table,
} from 'd1-core/schema';
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
    (key) => key.length >= columns.length && hasSameNames(key.slice(0, columns.length), columns),
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

export { keyFlaw, type KeyFlaw } from 'd1-core/schema';

/** The parent's columns that a foreign key means. */
export const parentColumnsOf = (parent: Table, { parentColumns }: ForeignKey): readonly string[] =>
  parentColumns ?? primaryKeyOf(parent);
