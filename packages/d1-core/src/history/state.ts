import type { D1, Row } from '../database/index.ts';
import { isD1Error } from '../errors/index.ts';
import { READ_CATALOG, readCatalog, type CatalogEntry } from '../schema/index.ts';
import { readHistoryStatement } from './history.ts';
import { journalEntry, readJournalStatement, type JournalEntry } from './journal.ts';
import { restoreMarkOf, type RestoreMark } from './restore-mark.ts';
import { readStampStatement } from './stamp.ts';
import { JOURNAL_TABLE, METADATA_TABLE } from './tables.ts';

/** A row of wrangler's history. */
export interface AppliedMigration {
  readonly id: number;
  readonly name: string;
  /** UTC, as wrangler's table holds it: `YYYY-MM-DD HH:MM:SS`. */
  readonly appliedAt: string;
}

/** What a database says of itself. */
export interface DatabaseState {
  readonly history: readonly AppliedMigration[];
  readonly journal: readonly JournalEntry[];
  /** The name of the environment it was first migrated as; undefined when we never wrote to it. */
  readonly stamp: string | undefined;
  /** The restore of an archive that has begun, and whose content is not whole yet. */
  readonly restoring?: RestoreMark | undefined;
  /** Its whole schema, the tables of the tools included: it costs nothing to read it with the rest. */
  readonly catalog: readonly CatalogEntry[];
}

/** What the tools keep of themselves in a database. */
export type OwnRecords = Pick<DatabaseState, 'history' | 'journal' | 'stamp'>;

/** The state of a database that nobody has touched. */
export const EMPTY_STATE: DatabaseState = { history: [], journal: [], stamp: undefined, catalog: [] };

/**
 * Reads history, journal and stamp. Writes nothing, also where a table is missing. One call to the database when all
 * three tables are there, two or three when not: a remote call takes a second, so the usual case is tried first.
 */
export async function readDatabaseState(d1: D1, historyTable: string): Promise<DatabaseState> {
  const reads = {
    [historyTable]: readHistoryStatement(historyTable),
    [JOURNAL_TABLE]: readJournalStatement,
    [METADATA_TABLE]: readStampStatement,
  };
  const { rows, catalog } = await readTables(d1, reads);
  return {
    history: (rows[historyTable] ?? []).map(appliedMigration),
    journal: (rows[JOURNAL_TABLE] ?? []).map(journalEntry),
    stamp: stampOf(rows[METADATA_TABLE] ?? []),
    restoring: restoreMarkOf(rows[METADATA_TABLE] ?? []),
    catalog: readCatalog(catalog),
  };
}

interface Answers {
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly catalog: readonly Row[];
}

/** The statements that read history, journal and stamp, where all three tables are there. */
export const readOwnRecordsStatements = (historyTable: string): readonly string[] => [
  readHistoryStatement(historyTable),
  readJournalStatement,
  readStampStatement,
];

/** What they answer. */
export const ownRecordsOf = ([
  history = [],
  journal = [],
  metadata = [],
]: readonly (readonly Row[])[]): OwnRecords => ({
  history: history.map(appliedMigration),
  journal: journal.map(journalEntry),
  stamp: stampOf(metadata),
});

async function readTables(d1: D1, reads: Readonly<Record<string, string>>): Promise<Answers> {
  try {
    const [catalog = [], ...answers] = await d1.batch([READ_CATALOG, ...Object.values(reads)]);
    return { rows: byTable(reads, answers), catalog };
  } catch (error) {
    if (!isD1Error(error) || !/no such table/.test(error.message)) throw error;
  }
  const [catalog = []] = await d1.batch([READ_CATALOG]);
  const present = new Set(catalog.filter(({ type }) => type === 'table').map(({ name }) => name));
  const possible = Object.fromEntries(Object.entries(reads).filter(([table]) => present.has(table)));
  return { rows: byTable(possible, await d1.batch(Object.values(possible))), catalog };
}

const byTable = (
  reads: Readonly<Record<string, string>>,
  answers: readonly (readonly Row[])[],
): Record<string, readonly Row[]> =>
  Object.fromEntries(Object.keys(reads).map((table, index) => [table, answers[index] ?? []]));

const appliedMigration = (row: Row): AppliedMigration => ({
  id: Number(row['id']),
  name: String(row['name']),
  appliedAt: String(row['applied_at']),
});

function stampOf(rows: readonly Row[]): string | undefined {
  const value = rows.find(({ key }) => key === 'environment')?.['value'];
  return typeof value === 'string' ? value : undefined;
}
