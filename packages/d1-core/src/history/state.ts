import type { D1, Row } from '../database/index.ts';
import { isD1Error } from '../errors/index.ts';
import { quoteText } from '../sql/index.ts';
import { readHistoryStatement } from './history.ts';
import { journalEntry, readJournalStatement, type JournalEntry } from './journal.ts';
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
}

/** The state of a database that nobody has touched. */
export const EMPTY_STATE: DatabaseState = { history: [], journal: [], stamp: undefined };

/**
 * Reads history, journal and stamp. Writes nothing, also where a table is missing. One call to the database when all
 * three tables are there, three when not: a remote call takes a second, so the usual case is tried first.
 */
export async function readDatabaseState(d1: D1, historyTable: string): Promise<DatabaseState> {
  const reads = {
    [historyTable]: readHistoryStatement(historyTable),
    [JOURNAL_TABLE]: readJournalStatement,
    [METADATA_TABLE]: readStampStatement,
  };
  const rows = await readTables(d1, reads);
  return {
    history: (rows[historyTable] ?? []).map(appliedMigration),
    journal: (rows[JOURNAL_TABLE] ?? []).map(journalEntry),
    stamp: stampOf(rows[METADATA_TABLE] ?? []),
  };
}

async function readTables(
  d1: D1,
  reads: Readonly<Record<string, string>>,
): Promise<Record<string, readonly Row[]>> {
  try {
    return await readAll(d1, reads);
  } catch (error) {
    if (!isD1Error(error) || !/no such table/.test(error.message)) throw error;
  }
  const names = Object.keys(reads).map(quoteText).join(', ');
  const [tables = []] = await d1.batch([
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name IN (${names})`,
  ]);
  const present = new Set(tables.map(({ name }) => name));
  return readAll(d1, Object.fromEntries(Object.entries(reads).filter(([table]) => present.has(table))));
}

async function readAll(
  d1: D1,
  reads: Readonly<Record<string, string>>,
): Promise<Record<string, readonly Row[]>> {
  const results = await d1.batch(Object.values(reads));
  return Object.fromEntries(Object.keys(reads).map((table, index) => [table, results[index] ?? []]));
}

const appliedMigration = (row: Row): AppliedMigration => ({
  id: Number(row['id']),
  name: String(row['name']),
  appliedAt: String(row['applied_at']),
});

function stampOf(rows: readonly Row[]): string | undefined {
  const value = rows.find(({ key }) => key === 'environment')?.['value'];
  return typeof value === 'string' ? value : undefined;
}
