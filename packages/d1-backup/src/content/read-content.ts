import type { D1 } from 'd1-core/database';
import { readCatalog, type SchemaObject } from './catalog.ts';
import type { TableDigest } from './digest.ts';
import { contentStatements } from './write-sql.ts';

/** All that a comparison of two databases needs. */
export interface Content {
  readonly objects: readonly SchemaObject[];
  readonly tables: readonly TableDigest[];
}

/** Reads a whole database for comparison. */
export async function readContent(d1: D1): Promise<Content> {
  const catalog = await readCatalog(d1);
  const tables: TableDigest[] = [];
  const statements = contentStatements(d1, catalog, { onTable: (digest) => tables.push(digest) });
  while (!(await statements.next()).done);
  return { objects: catalog.objects, tables };
}
