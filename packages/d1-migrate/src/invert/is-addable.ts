import type { Column, Schema, Table } from 'd1-core/schema';
import { isTrivia, sameName, type Tokenize } from 'd1-core/sql';

/** Whether ALTER TABLE can add a column to a table that has rows: four kinds it adds to an empty table alone. */
export function isAddable(column: Column, table: Table, schema: Schema, tokenize: Tokenize): boolean {
  const { name, defaultValue, notNull, primaryKey, generated } = column;
  const isUnique = schema
    .indexesOf(table.name)
    .some(({ origin, columns }) => origin !== 'created' && columns.some((one) => sameName(one ?? '', name)));
  const isReference = table.foreignKeys.some(({ columns }) => columns.some((one) => sameName(one, name)));
  const isFilled = defaultValue !== undefined && !/^null$/i.test(defaultValue);
  if (primaryKey > 0 || isUnique || generated === 'stored') return false;
  if (notNull && !isFilled && generated === 'no') return false;
  if (isReference && isFilled) return false;
  return defaultValue === undefined || isConstant(defaultValue, tokenize);
}

function isConstant(expression: string, tokenize: Tokenize): boolean {
  const [first, second, third] = tokenize(expression).filter((token) => !isTrivia(token));
  const value = first?.text === '-' || first?.text === '+' ? second : first;
  if ((value === first ? second : third) !== undefined) return false;
  return value !== undefined && !/^(current_date|current_time|current_timestamp)$/i.test(value.text);
}
