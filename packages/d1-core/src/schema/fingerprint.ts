import { createHash } from 'node:crypto';
import { foldName, type Tokenize } from '../sql/index.ts';
import { canonicalSql } from './canonical-sql.ts';
import type { Schema, SchemaObject } from './model.ts';

/**
 * SHA-256 in lower-case hexadecimal of all that a schema means: equal for two schemas whose statements differ only in
 * formatting, or that were made in another order.
 */
export function fingerprint(schema: Schema, tokenize: Tokenize): string {
  const lines = schema
    .objects()
    .filter((object) => object.kind !== 'table' || object.storage !== 'shadow')
    .flatMap((object) => line(object, schema, tokenize))
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Nothing for an index that a UNIQUE or PRIMARY KEY made: it is in the statement of its table. */
function line(object: SchemaObject, schema: Schema, tokenize: Tokenize): readonly string[] {
  if (object.sql === undefined) return [];
  return [`${object.kind} ${foldName(object.name)} ${canonicalSql(object.sql, tokenize, schema)}`];
}
