import { createHash } from 'node:crypto';
import type { SchemaObject } from '../content/index.ts';

/** SHA-256, in hexadecimal, of a schema: of every object's type, name and SQL, whatever order they were made in. */
export function schemaDigest(objects: readonly SchemaObject[]): string {
  const lines = objects.map(({ type, name, sql }) => JSON.stringify([type, name, sql])).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
