import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { D1 } from 'd1-core/database';
import { readDatabaseState, type DatabaseState } from 'd1-core/records';
import {
  contentStatements,
  planSearches,
  readCatalog,
  schemaDigest,
  type Catalog,
  type Table,
} from '../database/index.ts';
import type { SearchDigest, TableDigest } from '../format/index.ts';

/** A database as `database.sql` has it. */
export interface Dump {
  readonly state: DatabaseState;
  readonly schemaSha256: string;
  readonly tables: readonly TableDigest[];
  /** Searches that answer nothing, because the table with their text is gone. */
  readonly orphaned: readonly string[];
  /** Searches of which only the definition is saved, because nothing that is kept makes the same index. */
  readonly lostSearches: readonly string[];
  readonly searches: readonly SearchDigest[];
  /** Bytes. */
  readonly size: number;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

export interface DumpOptions {
  /** Is overwritten. */
  readonly file: string;
  readonly historyTable: string;
  /** The schema, where it is not the one of the database that is read. */
  readonly catalog?: Catalog | undefined;
  /** Where the rows of a table are read, if not from the database itself. */
  readonly sourceOf?: ((table: Table) => D1) | undefined;
  /** Looks at what the database says of itself before its rows are read. */
  readonly check?: ((state: DatabaseState) => void) | undefined;
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Searches whose indexes are written by their words. */
  readonly byWords?: readonly string[] | undefined;
}

/** Reads a whole database into a file of SQL that rebuilds it. */
export async function dumpDatabase(d1: D1, options: DumpOptions): Promise<Dump> {
  const { file, historyTable, sourceOf, onRows } = options;
  const state = await readDatabaseState(d1, historyTable);
  options.check?.(state);
  const catalog = options.catalog ?? (await readCatalog(d1));
  const searches = await planSearches(d1, catalog, options.byWords);
  const tables: TableDigest[] = [];
  const hash = createHash('sha256');
  let size = 0;

  async function* text(): AsyncGenerator<Buffer> {
    const statements = contentStatements(d1, catalog, {
      onTable: (table) => void tables.push(table),
      onRows,
      sourceOf,
      searches,
    });
    for await (const statement of statements) {
      const bytes = Buffer.from(`${statement};\n`);
      hash.update(bytes);
      size += bytes.length;
      yield bytes;
    }
  }

  await pipeline(
    Readable.from(text(), { objectMode: true, highWaterMark: 4 }),
    createWriteStream(file, { mode: 0o600, highWaterMark: 1024 * 1024 }),
  ).finally(() => searches.close());
  return {
    state,
    schemaSha256: schemaDigest(catalog.objects),
    tables,
    searches: searches.digests,
    lostSearches: searches.lost,
    orphaned: catalog.virtualTables.filter(({ content }) => content === 'orphaned').map(({ name }) => name),
    size,
    sha256: hash.digest('hex'),
  };
}
