import * as v from 'valibot';
import type { Row } from '../database/index.ts';
import { quoteIdentifier, quoteText } from '../sql/index.ts';
import { JOURNAL_TABLE } from './tables.ts';

const ACTIONS = ['migrate', 'reset', 'adopt', 'rollback', 'restore', 'deploy'] as const;
const OUTCOMES = ['started', 'applied', 'failed'] as const;

/**
 * `adopt`: a migration that was found applied, without a row of ours. `rollback`: one that was rolled back. `restore`: the
 * whole database went back to what it was at some time. `deploy`: code was uploaded, which is about no migration.
 */
export type JournalAction = (typeof ACTIONS)[number];

/** `started` is written before the database is touched, so that an interrupted run leaves a trace. */
export type JournalOutcome = (typeof OUTCOMES)[number];

const text = v.fallback(v.string(), '');
const optionalText = v.fallback(v.nullable(v.string()), null);

/** A row as it is read: what another version of the plugins wrote, and this one does not know, is `unknown`, null or empty. */
const entryShape = v.object({
  id: v.pipe(v.unknown(), v.transform(Number)),
  /** UTC, ISO 8601 with milliseconds, by the database's clock. */
  time: text,
  /** One id for all rows of one run. */
  run: text,
  action: v.fallback(v.picklist([...ACTIONS, 'unknown']), 'unknown'),
  /** The name in the history; null for what concerns the whole database. */
  migration: optionalText,
  outcome: v.fallback(v.picklist([...OUTCOMES, 'unknown']), 'unknown'),
  /** SHA-256 of the file's bytes, and of its tokens. */
  rawChecksum: optionalText,
  tokenChecksum: optionalText,
  /** The Time Travel bookmark before the change; only remote databases have one. */
  bookmark: optionalText,
  actor: optionalText,
  commit: optionalText,
  wranglerVersion: text,
  pluginVersion: text,
  durationMs: v.fallback(v.nullable(v.number()), null),
  /** Anything more, such as the error, as JSON text. */
  detail: optionalText,
});

export type JournalEntry = Readonly<v.InferOutput<typeof entryShape>>;

export interface NewJournalEntry extends Omit<JournalEntry, 'id' | 'time' | 'action' | 'outcome'> {
  readonly action: JournalAction;
  readonly outcome: JournalOutcome;
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

/** A condition for rows of the journal: no row after the last that was read says that the migration was applied. */
export const isNotInJournal = (last: number): string =>
  `NOT EXISTS (SELECT 1 FROM ${JOURNAL_TABLE} AS journal WHERE journal.migration = ${MIGRATION} AND journal.outcome = 'applied' AND journal.id > ${last})`;

function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(Math.round(value)) : quoteText(value.replaceAll('\0', ' '));
}

export const readJournalStatement = `SELECT * FROM ${JOURNAL_TABLE} ORDER BY id`;

export const journalEntry = (row: Row): JournalEntry =>
  v.parse(entryShape, {
    ...row,
    ...Object.fromEntries(COLUMNS.map(([column, property]) => [property, row[column]])),
  });

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
