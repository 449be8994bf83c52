import { primaryKeyOf, type Index } from 'd1-core/schema';
import { foldName, significantTokens } from 'd1-core/sql';
import type { RuleContext } from '../engine/rule.ts';

type Context = Pick<RuleContext, 'after' | 'tokenize'>;

/** Whether another index of the same table finds all that an index finds. */
export function isNeedless(index: Index, other: Index, context: Context): boolean {
  if (index.origin !== 'created' || !startsWith(other.columns, index.columns)) return false;
  // A UNIQUE is needed for its rule, unless the other one has the same.
  const isRule = index.unique && !(other.unique && other.columns.length === index.columns.length);
  return !isRule && [index, other].every((one) => isPlain(one, context));
}

/** An INTEGER PRIMARY KEY has no index, and needs none. */
export function isOfPrimaryKey(index: Index, context: Context): boolean {
  const table = context.after.table(index.table);
  const key = table === undefined ? [] : primaryKeyOf(table);
  if (key.length !== 1 || index.columns.length !== 1 || !startsWith(key, index.columns)) return false;
  const isRowid = !context.after.indexesOf(index.table).some(({ origin }) => origin === 'primary-key');
  return isRowid && isPlain(index, context);
}

/** Of columns as they are: without WHERE, expressions, a collation or an order of its own. */
function isPlain({ sql, table, partial, columns }: Index, { after, tokenize }: Context): boolean {
  // What the table says of a UNIQUE or PRIMARY KEY is not told apart from what it says of its columns.
  const text = sql ?? after.table(table)?.sql ?? '';
  const words = significantTokens(tokenize(text)).map((token) => token.text.toUpperCase());
  return !partial && !columns.includes(undefined) && !words.includes('COLLATE') && !words.includes('DESC');
}

const startsWith = (long: readonly (string | undefined)[], short: readonly (string | undefined)[]): boolean =>
  short.length <= long.length &&
  short.every((name, index) => foldName(name ?? '') === foldName(long[index] ?? ''));
