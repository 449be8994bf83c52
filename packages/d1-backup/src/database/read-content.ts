import { createHash } from 'node:crypto';
import type { D1 } from 'd1-core/database';
import type { TableDigest } from '../format/index.ts';
import { readCatalog, type SchemaObject } from './catalog.ts';
import { contentStatements } from './write-sql.ts';

/** SHA-256, in hexadecimal, of a schema: of every object's type, name and SQL, whatever order they were made in. */
export function schemaDigest(objects: readonly SchemaObject[]): string {
  const lines = objects.map(({ type, name, sql }) => JSON.stringify([type, name, sql])).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** All that a comparison of two databases needs. */
export interface Content {
  /** Sorted: the order in which they were made is no part of a content. */
  readonly objects: readonly SchemaObject[];
  readonly tables: readonly TableDigest[];
}

/** Reads a whole database for comparison. */
export async function readContent(d1: D1): Promise<Content> {
  const catalog = await readCatalog(d1);
  const tables: TableDigest[] = [];
  const statements = contentStatements(d1, catalog, { onTable: (digest) => tables.push(digest) });
  while (!(await statements.next()).done);
  return { objects: catalog.objects.toSorted(byTypeAndName), tables };
}

const byTypeAndName = (a: SchemaObject, b: SchemaObject): number =>
  compare(a.type, b.type) || compare(a.name, b.name);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
