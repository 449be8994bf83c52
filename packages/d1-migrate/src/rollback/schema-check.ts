import type { D1 } from 'd1-core/database';
import { isOurTable } from 'd1-core/history';
import { objectEntries, readSchema, type Schema } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';
import { catalogDifference } from '../prove/index.ts';

export const readActualSchema = (d1: D1, historyTable: string): Promise<Schema> =>
  readSchema(d1, (table) => isOurTable(table, historyTable));

/** How a schema differs from the expected one, in words; undefined where it does not. */
export function schemaDifference(expected: Schema, actual: Schema, tokenize: Tokenize): string | undefined {
  const stateOf = (schema: Schema) =>
    new Map(objectEntries(schema).map(({ type, name, sql }) => [`${type} ${foldName(name)}`, sql] as const));
  return catalogDifference(stateOf(expected), stateOf(actual), expected, tokenize);
}
