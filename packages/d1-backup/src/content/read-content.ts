import type { D1 } from 'd1-core/database';
import { readCatalog, type SchemaObject } from './catalog.ts';
import type { TableDigest } from './digest.ts';
import { contentStatements } from './write-sql.ts';

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
