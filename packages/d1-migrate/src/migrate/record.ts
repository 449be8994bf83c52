import { hostname } from 'node:os';
import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  heldLock,
  holdsLock,
  isInHistory,
  journalStatements,
  readDatabaseState,
  readHistoryStatement,
  readLockStatement,
  releaseLockStatement,
  requireLock,
  stampStatements,
  takeLockStatements,
} from 'd1-core/history';
import type { RunIdentity } from '../run/index.ts';
import type { Survey } from '../status/index.ts';
import { journalEntries, type JournalEvent } from './journal.ts';

/** What a run writes into the database beside the migrations themselves. */
export interface RunRecord {
  readonly d1: D1;
  readonly before: Survey;
  readonly identity: RunIdentity;
  /** The Time Travel bookmark before the run; null for a local database. */
  readonly bookmark: string | null;
}

/** Rows of the journal in one call: what fits on a command line. */
const ROWS_PER_CALL = 150;

/** Adds rows to the journal, and the stamp where there is none. */
export async function record(
  { d1, before, identity, bookmark }: RunRecord,
  events: readonly JournalEvent[],
  condition?: string,
): Promise<void> {
  for (let from = 0; from < events.length; from += ROWS_PER_CALL) {
    const entries = journalEntries(before, identity, events.slice(from, from + ROWS_PER_CALL), bookmark);
    await d1.batch([
      ...stampStatements(before.target.environment.name),
      ...journalStatements(entries, condition),
    ]);
  }
}

/**
 * Takes the lock of a remote database and notes in the journal what is about to be done, in one call where it fits.
 * Throws `locked` when somebody else holds it. A local database has the locks of its file.
 */
export async function begin(
  run: RunRecord,
  events: readonly JournalEvent[],
  lockSeconds: number,
): Promise<void> {
  const { d1, before, identity, bookmark } = run;
  if (d1.location !== 'remote') return record(run, events);
  const owner = `${identity.actor ?? 'somebody'} on ${hostname()}`;
  const first = journalEntries(before, identity, events.slice(0, ROWS_PER_CALL), bookmark);
  const results = await d1.batch([
    ...stampStatements(before.target.environment.name),
    ...takeLockStatements(identity.run, owner, lockSeconds),
    ...journalStatements(first, holdsLock(identity.run)),
    readLockStatement,
  ]);
  requireLock(heldLock(results.at(-1) ?? []), identity.run);
  await record(run, events.slice(ROWS_PER_CALL));
}

/** What is in the history after the run. */
export interface Aftermath {
  readonly applied: ReadonlySet<string>;
  readonly warnings: readonly string[];
}

/**
 * Reads the history again, notes in the journal which of the migrations are in it, and lets the lock go: in one call
 * where it fits. The history decides what happened, not what wrangler said.
 */
export async function conclude(run: RunRecord, events: readonly JournalEvent[]): Promise<Aftermath> {
  const { d1, before, identity, bookmark } = run;
  const table = before.target.database.migrationsTable;
  const release = d1.location === 'remote' ? [releaseLockStatement(identity.run)] : [];
  const first = journalEntries(before, identity, events.slice(0, ROWS_PER_CALL), bookmark);
  try {
    const results = await d1.batch([
      ...journalStatements(first, isInHistory(table)),
      ...release,
      readHistoryStatement(table),
    ]);
    await record(run, events.slice(ROWS_PER_CALL), isInHistory(table));
    return { applied: namesOf(results.at(-1) ?? []), warnings: [] };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return readOnly(run, release, error);
  }
}

/** The journal could not be written, or there is no history at all: what is applied still has to be known. */
async function readOnly(
  { d1, before }: RunRecord,
  release: readonly string[],
  cause: D1Error,
): Promise<Aftermath> {
  try {
    const { history } = await readDatabaseState(d1, before.target.database.migrationsTable);
    await d1.batch(release);
    const applied = namesOf(history);
    const warning = `The journal could not be written: ${cause.message}. The next "migrate" completes it from the history.`;
    return { applied, warnings: applied.size === 0 ? [] : [warning] };
  } catch {
    throw new D1Error({
      code: 'outcome-unknown',
      message: `wrangler has ended, but the history could not be read again: ${cause.message}`,
      fix: 'Look with the target "status" what is applied before you run anything else.',
      notes: cause.notes,
      cause,
    });
  }
}

const namesOf = (rows: readonly { readonly name?: unknown }[]): ReadonlySet<string> =>
  new Set(rows.map(({ name }) => String(name)));
