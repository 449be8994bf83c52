import type { Schema } from 'd1-core/schema';
import { identifier, identifiers } from 'd1-core/sql';

/** CREATE INDEX without semicolon, under a name that is free. */
export function createIndex(
  schema: Schema,
  table: string,
  columns: readonly string[],
  { unique = false }: { readonly unique?: boolean } = {},
): string {
  const name = freeName(schema, [table, ...columns].join('_'));
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${identifier(name)} ON ${identifier(table)} (${identifiers(columns)})`;
}

/** Tables, views and indexes share their names. */
function freeName(schema: Schema, wanted: string): string {
  const isTaken = (name: string) =>
    (schema.index(name) ?? schema.table(name) ?? schema.view(name)) !== undefined;
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}_${number}`;
    if (!isTaken(name)) return name;
  }
}
