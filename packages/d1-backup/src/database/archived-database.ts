import type { Readable } from 'node:stream';
import { sqlStatements } from 'd1-core/load';
import type { Wrangler } from 'd1-core/wrangler';
import { ENTRIES, type DatabaseRecord, type TableDigest } from '../format/index.ts';
import { readCatalog } from './catalog.ts';
import { permitted } from './permitted.ts';
import { schemaDigest } from './read-content.ts';
import { planSearches } from './search-index.ts';
import { openDump } from './throw-away-database.ts';
import { contentStatements } from './write-sql.ts';

/** What a database should hold. */
export type ExpectedContent = Pick<DatabaseRecord, 'tables' | 'schemaSha256' | 'searches' | 'lostSearches'>;

/** The database of an archive, as it is kept there. */
export interface ArchivedDatabase {
  /** Opens its SQL. */
  readonly open: () => Promise<Readable> | Readable;
  /** What it holds; undefined where another tool wrote it. */
  readonly record: ExpectedContent | undefined;
}

/** The statements that rebuild a database. */
export interface ArchiveStatements {
  /** Each call returns the same, from the beginning. */
  readonly read: () => AsyncGenerator<string>;
  /** What they make, once they have been read to their end. */
  readonly expected: () => ExpectedContent;
  readonly close: () => Promise<void>;
}

/**
 * Opens the statements of an archive. What another tool wrote goes through a throw-away database first, because it need
 * not be in an order that D1 takes. Throws D1Error `unloadable-dump`, and while they are read `statement-not-of-backup`.
 */
export async function openStatements(
  { open, record }: ArchivedDatabase,
  wrangler: Wrangler,
): Promise<ArchiveStatements> {
  if (record !== undefined) {
    return {
      async *read() {
        yield* permitted(sqlStatements(await open()));
      },
      expected: () => record,
      close: async () => undefined,
    };
  }
  const dump = await openDump(await open(), ENTRIES.database, wrangler);
  const catalog = await readCatalog(dump);
  const searches = await planSearches(dump, catalog);
  let tables: TableDigest[] = [];
  return {
    async *read() {
      tables = [];
      yield* contentStatements(dump, catalog, { onTable: (table) => tables.push(table), searches });
    },
    expected: () => ({ tables, schemaSha256: schemaDigest(catalog.objects) }),
    async close() {
      searches.close();
      await dump.close();
    },
  };
}
