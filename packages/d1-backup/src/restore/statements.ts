import { basename } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { changedTables, METADATA_TABLE, ownTableChanges } from 'd1-core/records';
import { sameName } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import {
  openStatements,
  type ArchiveStatements,
  type ExpectedContent,
  type SchemaObject,
} from '../database/index.ts';
import { ENTRIES } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';

/** What an archive says of its database, to compare with what comes back. */
export interface RestoredContent extends ExpectedContent {
  /** The CREATE statements that were run; the one of the helper table, which is dropped again, with them. */
  readonly created: readonly string[];
  /** What is in the schema of the archive, and is not restored. */
  readonly leftOut: readonly SchemaObject[];
}

/** The statements of an archive that are restored. */
export interface RestoreStatements extends ArchiveStatements {
  readonly expected: () => RestoredContent;
}

/**
 * Opens the statements of an archive for a target. The table that says to which environment a database belongs, and who
 * holds its lock, is left out: the target has its own. Reading them throws D1Error `archive-touches-own-table`.
 */
export async function openRestore(
  archive: Archive,
  { wrangler, database }: Pick<Target, 'wrangler' | 'database'>,
): Promise<RestoreStatements> {
  const statements = await openStatements(
    { open: () => archive.open(ENTRIES.database), record: archive.metadata?.database },
    wrangler,
  );
  let created: string[] = [];
  let leftOut: SchemaObject[] = [];
  return {
    async *read() {
      created = [];
      leftOut = [];
      for await (const statement of statements.read()) {
        const creates = /^\s*CREATE /.test(statement);
        const part = await ownTablePart(statement, database.migrationsTable);
        if (part === 'forbidden') throw forbidden(archive, statement);
        if (part !== 'metadata') {
          if (creates) created.push(statement);
          yield statement;
        } else if (creates) {
          leftOut.push({ type: 'table', name: METADATA_TABLE, sql: statement.trim() });
        }
      }
    },
    expected: () => ({ ...statements.expected(), created, leftOut }),
    close: statements.close,
  };
}

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

const forbidden = (archive: Pick<Archive, 'file'>, statement: string): D1Error =>
  new D1Error({
    code: 'archive-touches-own-table',
    message: `${basename(archive.file)} holds a statement that would change what the tools note of the database: ${statement.trim().split('\n', 1)[0]?.slice(0, 100) ?? ''}`,
    fix: 'No backup writes such a statement: find out who has changed the archive, and take another one.',
    location: { file: archive.file },
  });
