import type { D1, Row } from '../database/index.ts';
import { commandLine } from '../door/index.ts';
import { D1Error, isD1Error } from '../errors/index.ts';
import { type CatalogEntry, READ_CATALOG, readCatalog } from '../schema/index.ts';
import { quoteText } from '../sql/index.ts';
import { journalEntry, type JournalEntry, readJournalStatement } from './journal.ts';
import { createMetadata, JOURNAL_TABLE, METADATA_TABLE, readHistoryStatement } from './tables.ts';

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

const readStampStatement = `SELECT key, value FROM ${METADATA_TABLE}`;

/** Writes the environment's name into the database. A stamp that is there stays as it is. */
export function stampStatements(environment: string): readonly string[] {
  return [
    createMetadata,
    `INSERT OR IGNORE INTO ${METADATA_TABLE} (key, value) VALUES ('environment', ${quoteText(environment)})`,
  ];
}

/** A condition: the database is of this environment, and no restore into it has begun that has not ended. */
export const isWholeAndOf = (environment: string): string =>
  `(SELECT value FROM ${METADATA_TABLE} WHERE key = 'environment') = ${quoteText(environment)} AND NOT EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${KEY})`;

/** Refuses a database that says it belongs to another environment. */
export function checkStamp(stamp: string | undefined, environment: string, database: string): void {
  if (stamp === undefined || stamp === environment) return;
  throw new D1Error({
    code: 'wrong-environment',
    message: `The database ${database} is stamped "${stamp}", and this run is for "${environment}".`,
    fix:
      `Run it for the environment "${stamp}", or correct the database id of "${environment}" in the wrangler config. ` +
      `If the environment was renamed, set the stamp: UPDATE ${METADATA_TABLE} SET value = ${quoteText(environment)} WHERE key = 'environment';`,
    notes: ['Nothing was read from it but its own tables, and nothing was written.'],
    exitCode: 2,
  });
}

/** How far the restore of an archive into a remote database is. It stands in the database as long as it is not whole. */
export interface RestoreMark {
  /** What identifies the archive. */
  readonly archive: string;
  /** The id of the run that works on it, and that holds the lock. */
  readonly run: string;
  /** The Time Travel bookmark from before the first write. */
  readonly bookmark: string;
  /** Statements of the archive that are in the database. */
  readonly done: number;
}

const KEY = "key = 'restore'";

/** Notes that a restore begins, or that another run goes on with it. */
export function writeRestoreMarkStatements(mark: RestoreMark): readonly string[] {
  const value = quoteText(JSON.stringify(mark));
  return [
    createMetadata,
    `INSERT INTO ${METADATA_TABLE} (key, value) VALUES ('restore', ${value}) ON CONFLICT (key) DO UPDATE SET value = ${value}`,
  ];
}

/** Notes how many statements are done; to be run in one transaction with them. */
export const advanceRestoreStatement = (done: number): string =>
  `UPDATE ${METADATA_TABLE} SET value = json_set(value, '$.done', ${done}) WHERE ${KEY}`;

/** A condition: so many statements are done, and by this run. */
export const isRestoredTo = (done: number, run: string): string =>
  `EXISTS (SELECT 1 FROM ${METADATA_TABLE} WHERE ${KEY} AND json_extract(value, '$.done') = ${done} AND json_extract(value, '$.run') = ${quoteText(run)})`;

export const endRestoreStatement = `DELETE FROM ${METADATA_TABLE} WHERE ${KEY}`;

export const readRestoreMarkStatement = `SELECT key, value FROM ${METADATA_TABLE} WHERE ${KEY}`;

/** The restore that is not whole, from the rows of the metadata table; undefined when there is none. */
export function restoreMarkOf(rows: readonly Row[]): RestoreMark | undefined {
  const text = rows.find(({ key }) => key === 'restore')?.['value'];
  if (typeof text !== 'string') return undefined;
  const value: unknown = JSON.parse(text);
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  return {
    archive: String(field('archive')),
    run: String(field('run')),
    bookmark: String(field('bookmark')),
    done: Number(field('done')),
  };
}

/** Refuses a database that has a part of an archive. */
export function requireWhole(mark: RestoreMark | undefined): void {
  if (mark === undefined) return;
  throw new D1Error({
    code: 'restore-unfinished',
    message: `A restore of an archive broke off after ${mark.done} statements, and the database has a part of it.`,
    fix: `Go on with "${commandLine('d1-backup:restore', '--archive=<file>', '--resume')}", and the same archive.`,
    notes: [
      `The bookmark from before it: ${mark.bookmark}. "npx wrangler d1 time-travel restore <database> --bookmark=<bookmark>" goes back to it.`,
      'Nothing was changed.',
    ],
  });
}
