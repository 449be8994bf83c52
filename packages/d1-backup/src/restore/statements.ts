import { METADATA_TABLE } from 'd1-core/history';
import { sqlStatements } from 'd1-core/load';
import { foldName, isTrivia, loadTokenizer, unquote, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { ENTRIES, type Archive } from '../archive/index.ts';
import {
  contentStatements,
  readCatalog,
  type Catalog,
  type SchemaObject,
  type TableDigest,
} from '../content/index.ts';
import { openDump } from '../load/index.ts';

/** What an archive says of its database, to compare with what comes back. */
export interface ExpectedContent {
  readonly tables: readonly TableDigest[];
  readonly schemaSha256: string | undefined;
  /** The CREATE statements that were run; the one of the helper table, which is dropped again, with them. */
  readonly created: readonly string[];
  /** What is in the schema of the archive, and is not restored. */
  readonly leftOut: readonly SchemaObject[];
}

/** The statements that make the database of an archive. */
export interface ArchiveStatements {
  /** Each call gives the same, from the beginning. */
  readonly read: () => AsyncGenerator<string>;
  /** To be asked when they have been read to their end. */
  readonly expected: () => ExpectedContent;
  readonly close: () => Promise<void>;
}

/**
 * Opens the statements of an archive. The table that says to which environment a database belongs, and who holds its
 * lock, is left out: the target has its own. What another tool wrote goes through a throw-away database first, because
 * it need not be in an order that D1 takes.
 */
export async function openStatements(archive: Archive, wrangler: Wrangler): Promise<ArchiveStatements> {
  const record = archive.metadata?.database;
  if (record === undefined) return foreignStatements(archive, wrangler);
  const tokenize = await loadTokenizer();
  let created: string[] = [];
  let leftOut: SchemaObject[] = [];
  return {
    async *read() {
      created = [];
      leftOut = [];
      for await (const statement of sqlStatements(await archive.open(ENTRIES.database))) {
        const creates = /^\s*CREATE /.test(statement);
        if (!isOfMetadata(tokenize, statement)) {
          if (creates) created.push(statement);
          yield statement;
        } else if (creates) {
          leftOut.push({ type: 'table', name: METADATA_TABLE, sql: statement.trim() });
        }
      }
    },
    expected: () => ({ tables: record.tables, schemaSha256: record.schemaSha256, created, leftOut }),
    close: async () => undefined,
  };
}

async function foreignStatements(archive: Archive, wrangler: Wrangler): Promise<ArchiveStatements> {
  const dump = await openDump(await archive.open(ENTRIES.database), ENTRIES.database, wrangler);
  const catalog = withoutMetadata(await readCatalog(dump));
  let tables: TableDigest[] = [];
  return {
    read() {
      tables = [];
      return contentStatements(dump, catalog, { onTable: (table) => tables.push(table) });
    },
    expected: () => ({ tables, schemaSha256: undefined, created: [], leftOut: [] }),
    close: () => dump.close(),
  };
}

const withoutMetadata = (catalog: Catalog): Catalog => ({
  ...catalog,
  objects: catalog.objects.filter(({ name }) => foldName(name) !== METADATA_TABLE),
  tables: catalog.tables.filter(({ name }) => foldName(name) !== METADATA_TABLE),
});

/** Characters in which the name of the table of CREATE TABLE and INSERT INTO is found. */
const BEGINNING = 200;

/** Whether a statement makes or fills the table with the stamp and the lock. */
function isOfMetadata(tokenize: Tokenize, statement: string): boolean {
  const beginning = statement.slice(0, BEGINNING);
  if (!beginning.toLowerCase().includes(METADATA_TABLE)) return false;
  const words = tokenize(beginning)
    .filter((token) => !isTrivia(token))
    .slice(0, 3)
    .map(({ text }) => text);
  const [verb = '', what = '', name = ''] = words.map((word) => foldName(unquote(word)));
  return name === METADATA_TABLE && (verb === 'insert' || (verb === 'create' && what === 'table'));
}
