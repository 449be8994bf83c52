import type { D1 } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import {
  buildUnchecked,
  checkContent,
  checkSearches,
  findRowsWithoutParent,
  isWithoutParent,
  loadStatements,
  makeThrowAwayDatabase,
  openStatements,
  type ArchivedDatabase,
  type ArchiveStatements,
  type Content,
  type ThrowAwayDatabase,
} from '../database/index.ts';
import { ENTRIES, type Problem, type RowWithoutParent } from '../format/index.ts';
import { damagedEntry } from './check-entries.ts';

/** A database that was restored to be looked at. */
export interface TrialRestore {
  readonly d1: D1;
  readonly content: Content;
  readonly problems: readonly Problem[];
  /** No fault of the archive where the database had them. */
  readonly rowsWithoutParent: readonly RowWithoutParent[];
}

/**
 * Restores the database of an archive into a throw-away one, and compares it with what the metadata says; one of another
 * tool with what its dump gives. Only the problems when that is not possible. Whoever gets a database closes it.
 */
export async function restoreToShadow(
  database: ArchivedDatabase,
  wrangler: Wrangler,
): Promise<TrialRestore | { readonly problems: readonly Problem[] }> {
  try {
    const statements = await openStatements(database, wrangler);
    try {
      return await tryRestore(statements, wrangler, loadIntoD1).catch((error: unknown) => {
        if (!isWithoutParent(error)) throw error;
        return tryRestore(statements, wrangler, loadUnchecked);
      });
    } finally {
      await statements.close();
    }
  } catch (error) {
    return { problems: [unrestorable(error)] };
  }
}

type Load = (database: ThrowAwayDatabase, statements: AsyncIterable<string>) => Promise<void>;

const loadIntoD1: Load = ({ d1 }, statements) => loadStatements(d1, statements);
const loadUnchecked: Load = ({ file }, statements) => buildUnchecked(file, statements);

async function tryRestore(
  statements: ArchiveStatements,
  wrangler: Wrangler,
  load: Load,
): Promise<TrialRestore> {
  const database = await makeThrowAwayDatabase(wrangler);
  const { d1 } = database;
  try {
    await load(database, statements.read());
    const expected = statements.expected();
    const { content, problems } = await checkContent(d1, expected);
    const rowsWithoutParent = await findRowsWithoutParent(d1);
    return {
      d1,
      content,
      rowsWithoutParent,
      problems: [...problems, ...(await checkSearches(d1, expected))],
    };
  } catch (error) {
    await d1.close();
    throw error;
  }
}

/** What says that the SQL is at fault, not the machine. */
const FAULTS_OF_SQL = new Set([
  'restore-failed',
  'unloadable-dump',
  'unknown-module',
  'unreadable-table',
  'statement-not-of-backup',
]);

/** What says nothing of the archive. */
const FAULTS_OF_MACHINE = new Set([
  'disk-full',
  'not-writable',
  'file-failed',
  'database-busy',
  'engine-not-started',
  'engine-ended',
  'wrangler-unsupported',
]);

function unrestorable(error: unknown): Problem {
  if (!isD1Error(error) || FAULTS_OF_MACHINE.has(error.code)) throw error;
  if (!FAULTS_OF_SQL.has(error.code)) return damagedEntry(ENTRIES.database, error);
  const found = [error.message, ...error.notes].join(' ');
  return { code: 'not-restorable', where: ENTRIES.database, expected: 'SQL that D1 runs', found };
}
