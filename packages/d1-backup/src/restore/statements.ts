import { basename } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { changedTables, METADATA_TABLE, ownTableChanges } from 'd1-core/history';
import { sqlStatements } from 'd1-core/load';
import { foldName, sameName } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
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
 * Opens the statements of an archive. Reading them throws D1Error `archive-touches-own-table`. The table that says to which environment a database belongs, and who holds its
 * lock, is left out: the target has its own. What another tool wrote goes through a throw-away database first, because
 * it need not be in an order that D1 takes.
 */
export async function openStatements(archive: Archive, target: Target): Promise<ArchiveStatements> {
  const record = archive.metadata?.database;
  if (record === undefined) return foreignStatements(archive, target);
  const historyTable = target.database.migrationsTable;
  let created: string[] = [];
  let leftOut: SchemaObject[] = [];
  return {
    async *read() {
      created = [];
      leftOut = [];
      for await (const statement of sqlStatements(await archive.open(ENTRIES.database))) {
        const creates = /^\s*CREATE /.test(statement);
        const part = await ownTablePart(statement, historyTable);
        if (part === 'forbidden') throw forbidden(archive, statement);
        if (part !== 'metadata') {
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

async function foreignStatements(
  archive: Archive,
  { wrangler, database }: Target,
): Promise<ArchiveStatements> {
  const dump = await openDump(await archive.open(ENTRIES.database), ENTRIES.database, wrangler);
  const catalog = withoutMetadata(await readCatalog(dump));
  let tables: TableDigest[] = [];
  return {
    async *read() {
      tables = [];
      for await (const statement of contentStatements(dump, catalog, {
        onTable: (table) => tables.push(table),
      })) {
        if ((await ownTablePart(statement, database.migrationsTable)) === 'forbidden')
          throw forbidden(archive, statement);
        yield statement;
      }
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

/** What a statement of an archive does with the tables of the tools. */
type OwnTablePart = 'nothing' | 'fills' | 'metadata' | 'forbidden';

/**
 * An archive brings history and journal along, as tables that are made and filled. Whatever else would write to them, a
 * trigger above all, was not written by a backup; and the stamp and the lock are the target's own.
 */
async function ownTablePart(statement: string, historyTable: string): Promise<OwnTablePart> {
  const [change, ...others] = await ownTableChanges(statement, historyTable);
  if (change === undefined) return 'nothing';
  const { tree, table } = change;
  const isPlain = tree?.is('InsertStmt') === true || tree?.is('CreateTableStmt') === true;
  if (!isPlain || others.length > 0 || changedTables(tree)[0]?.text !== table) return 'forbidden';
  return sameName(table, METADATA_TABLE) ? 'metadata' : 'fills';
}

const forbidden = (archive: Archive, statement: string): D1Error =>
  new D1Error({
    code: 'archive-touches-own-table',
    message: `${basename(archive.file)} holds a statement that would change what the tools note of the database: ${statement.trim().split('\n', 1)[0]?.slice(0, 100) ?? ''}`,
    fix: 'No backup writes such a statement: find out who has changed the archive, and take another one.',
    location: { file: archive.file },
  });
