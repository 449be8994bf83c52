import type { Row } from '../database/index.ts';
import { quoteIdentifier, quoteText } from '../sql/index.ts';
import { JOURNAL_TABLE } from './tables.ts';

/**
 * `deploy`: code that was uploaded, which is about no migration. `adopt`: a migration that was found applied, without a row of ours. `rollback`: one that was taken back. `restore`: the
 * whole database went back to what it was at some time.
 */
export type JournalAction = 'migrate' | 'reset' | 'adopt' | 'rollback' | 'restore' | 'deploy';

/** `started` is written before the database is touched, so that an interrupted run leaves a trace. */
export type JournalOutcome = 'started' | 'applied' | 'failed';

export interface NewJournalEntry {
  /** One id for all rows of one run. */
  readonly run: string;
  readonly action: JournalAction;
  /** The name in the history; null for what concerns the whole database. */
  readonly migration: string | null;
  readonly outcome: JournalOutcome;
  /** SHA-256 of the file's bytes, and of its tokens. */
  readonly rawChecksum: string | null;
  readonly tokenChecksum: string | null;
  /** The Time Travel bookmark before the change; only remote databases have one. */
  readonly bookmark: string | null;
  readonly actor: string | null;
  readonly commit: string | null;
  readonly wranglerVersion: string;
  readonly pluginVersion: string;
  readonly durationMs: number | null;
  /** Anything more, such as the error, as JSON text. */
  readonly detail: string | null;
}

/** What a newer version of the plugins wrote, and this one does not know, reads as `unknown`. */
export interface JournalEntry extends Omit<NewJournalEntry, 'action' | 'outcome'> {
  readonly id: number;
  readonly action: JournalAction | 'unknown';
  readonly outcome: JournalOutcome | 'unknown';
  /** UTC, ISO 8601 with milliseconds, by the database's clock. */
  readonly time: string;
}

/** The columns of the table, in order, with the property that each holds. */
const COLUMNS = [
  ['run', 'run', 'TEXT NOT NULL'],
  ['action', 'action', 'TEXT NOT NULL'],
  ['migration', 'migration', 'TEXT'],
  ['outcome', 'outcome', 'TEXT NOT NULL'],
  ['raw_checksum', 'rawChecksum', 'TEXT'],
  ['token_checksum', 'tokenChecksum', 'TEXT'],
  ['bookmark', 'bookmark', 'TEXT'],
  ['actor', 'actor', 'TEXT'],
  ['commit_hash', 'commit', 'TEXT'],
  ['wrangler_version', 'wranglerVersion', 'TEXT NOT NULL'],
  ['plugin_version', 'pluginVersion', 'TEXT NOT NULL'],
  ['duration_ms', 'durationMs', 'INTEGER'],
  ['detail', 'detail', 'TEXT'],
] as const satisfies readonly (readonly [string, keyof NewJournalEntry, string])[];

/** Makes the journal where it is not there. */
export const createJournalStatement = `CREATE TABLE IF NOT EXISTS ${JOURNAL_TABLE} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
${COLUMNS.map(([column, , type]) => `  ${column} ${type}`).join(',\n')}
)`;

/** Rows in one statement: D1 takes 100,000 bytes, a row has some 600, and rollback scripts may stand in its detail. */
const ROWS_PER_STATEMENT = 50;

/**
 * The statements that add rows to the journal; the first makes the table if it is not there. With a condition, such as
 * `isInHistory`, they add only the rows for which it is true.
 */
export function journalStatements(
  entries: readonly NewJournalEntry[],
  condition = 'TRUE',
): readonly string[] {
  if (entries.length === 0) return [];
  const columns = COLUMNS.map(([column]) => column).join(', ');
  const rows = entries.map(
    (entry) => `(${COLUMNS.map(([, property]) => literal(entry[property])).join(', ')})`,
  );
  const statements: string[] = [createJournalStatement];
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const values = rows.slice(from, from + ROWS_PER_STATEMENT).join(',\n');
    statements.push(
      `INSERT INTO ${JOURNAL_TABLE} (${columns}) SELECT * FROM (VALUES ${values}) WHERE ${condition}`,
    );
  }
  return statements;
}

/** SQLite's own name of the column of a VALUES list that holds the migration's name. */
const MIGRATION = `column${COLUMNS.findIndex(([column]) => column === 'migration') + 1}`;

/** A condition for rows of the journal: the migration is in the history. */
export const isInHistory = (historyTable: string): string =>
  `EXISTS (SELECT 1 FROM ${quoteIdentifier(historyTable)} AS history WHERE history.name = ${MIGRATION})`;

/** A condition for rows of the journal: no row behind the last that was read says that the migration was applied. */
export const isNotInJournal = (last: number): string =>
  `NOT EXISTS (SELECT 1 FROM ${JOURNAL_TABLE} AS journal WHERE journal.migration = ${MIGRATION} AND journal.outcome = 'applied' AND journal.id > ${last})`;

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(Math.round(value)) : quoteText(value.replaceAll('\0', ' '));
}

export const readJournalStatement = `SELECT * FROM ${JOURNAL_TABLE} ORDER BY id`;

export function journalEntry(row: Row): JournalEntry {
  const text = (column: string) => (typeof row[column] === 'string' ? row[column] : null);
  return {
    id: Number(row['id']),
    time: text('time') ?? '',
    run: text('run') ?? '',
    action: oneOf(text('action'), ['migrate', 'reset', 'adopt', 'rollback', 'restore', 'deploy']),
    migration: text('migration'),
    outcome: oneOf(text('outcome'), ['started', 'applied', 'failed']),
    rawChecksum: text('raw_checksum'),
    tokenChecksum: text('token_checksum'),
    bookmark: text('bookmark'),
    actor: text('actor'),
    commit: text('commit_hash'),
    wranglerVersion: text('wrangler_version') ?? '',
    pluginVersion: text('plugin_version') ?? '',
    durationMs: typeof row['duration_ms'] === 'number' ? row['duration_ms'] : null,
    detail: text('detail'),
  };
}

function oneOf<const Value extends string>(value: string | null, known: readonly Value[]): Value | 'unknown' {
  return known.find((candidate) => candidate === value) ?? 'unknown';
}

/**
 * The rows that a database has written itself. Those before the restore of another database's archive came with it, and
 * their bookmarks lead nowhere here.
 */
export const ownEntries = (journal: readonly JournalEntry[]): readonly JournalEntry[] =>
  journal.slice(1 + journal.findLastIndex(({ action, detail }) => action === 'restore' && isForeign(detail)));

/** What the detail of a restore says, so that `ownEntries` knows it. */
export interface ArchiveRestoreDetail {
  readonly strategy: 'archive';
  /** The name of the archive's file, and what tells it from all others. */
  readonly archive: string;
  readonly id: string;
  /** The bookmark from before it. */
  readonly undo: string | null;
  /** Whether the archive is of another database. */
  readonly foreign: boolean;
}

function isForeign(detail: string | null): boolean {
  try {
    const value: unknown = JSON.parse(detail ?? 'null');
    return typeof value === 'object' && value !== null && 'foreign' in value && value.foreign === true;
  } catch {
    return false; // Another version's.
  }
}

/** The table as wrangler itself creates it, so that wrangler goes on with what we recorded. */
export function createHistoryStatement(historyTable: string, { quoted }: { quoted: boolean }): string {
  return `CREATE TABLE IF NOT EXISTS ${quoted ? quoteIdentifier(historyTable) : historyTable}(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
}

/** Records one migration as applied. */
export function recordStatement(historyTable: string, name: string): string {
  return `INSERT INTO ${quoteIdentifier(historyTable)} (name) VALUES (${quoteText(name)})`;
}

/** Takes one migration out of the history. */
export const forgetStatement = (historyTable: string, name: string): string =>
  `DELETE FROM ${quoteIdentifier(historyTable)} WHERE name = ${quoteText(name)}`;

/** A condition: the history has as many rows as were read before, and the same last one. */
export const isHistory = (historyTable: string, rows: readonly { readonly id: number }[]): string =>
  `(SELECT count(*) || '/' || ifnull(max(id), 0) FROM ${quoteIdentifier(historyTable)}) = '${rows.length}/${rows.at(-1)?.id ?? 0}'`;

export const readHistoryStatement = (historyTable: string): string =>
  `SELECT id, name, applied_at FROM ${quoteIdentifier(historyTable)} ORDER BY id`;
