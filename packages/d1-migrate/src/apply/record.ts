import { type D1, fitsOnCommandLine, type Row } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  appliedTexts,
  createHistoryStatement,
  hasTakenLock,
  heldLock,
  holdsLock,
  isHistory,
  isInHistory,
  isNotInJournal,
  journalStatements,
  lastLock,
  type Lock,
  type NewJournalEntry,
  type OwnRecords,
  ownRecordsOf,
  readDatabaseState,
  readHistoryStatement,
  readLockStatement,
  readOwnRecordsStatements,
  recordFlaws,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  stampStatements,
  takeLockStatements,
} from 'd1-core/records';
import type { Checksums } from 'd1-core/migrations';
import {
  lockStays,
  type LockedDatabase,
  lockOwner,
  releaseLock,
  retryRead,
  type RunIdentity,
  runIf,
} from 'd1-core/run';
import { type Survey, changedMeanwhile } from '../survey/index.ts';
import type { Answers } from './row-guard.ts';

/** What a run writes into the database beside the migrations themselves. */
interface RunRecord {
  readonly d1: D1;
  readonly before: Survey;
  readonly identity: RunIdentity;
  /** The Time Travel bookmark before the run; null for a local database. */
  readonly bookmark: string | null;
  /** Writes in proof of the lock that the run holds, where it holds one. */
  readonly write?: LockedDatabase['write'] | undefined;
}

/** Adds rows to the journal, and the stamp where there is none. */
export async function record(
  run: RunRecord,
  events: readonly JournalEvent[],
  condition?: string,
): Promise<void> {
  let left = events;
  while (left.length > 0) {
    const call = fitting(left, (some) => [
      ...stampStatements(run.before.target.environment.name),
      ...rowsOf(run, some, condition),
    ]);
    await (run.write === undefined ? run.d1.batch(call.statements) : run.write(call.statements));
    left = call.left;
  }
}

/** Adds what the journal lacks, unless another run has done so meanwhile. */
export const completeJournal = (run: RunRecord, missing: readonly JournalEvent[]): Promise<void> =>
  record(run, missing, isNotInJournal(run.before.state.journal.at(-1)?.id ?? 0));

const rowsOf = (
  { before, identity, bookmark }: RunRecord,
  events: readonly JournalEvent[],
  condition?: string,
): readonly string[] => journalStatements(journalEntries(before, identity, events, bookmark), condition);

/** One call with as many events as fit on a command line, and the events that are left. */
function fitting(
  events: readonly JournalEvent[],
  statementsOf: (events: readonly JournalEvent[]) => readonly string[],
): { readonly statements: readonly string[]; readonly left: readonly JournalEvent[] } {
  let count = events.length;
  while (count > 1 && !fitsOnCommandLine(statementsOf(events.slice(0, count)))) count = Math.ceil(count / 2);
  return { statements: statementsOf(events.slice(0, count)), left: events.slice(count) };
}

/**
 * Takes the lock of a remote database and notes in the journal what is about to be done, in one call where it fits.
 * Throws `locked` when somebody else holds it, and `changed-meanwhile` when somebody has migrated since the status was
 * read. A local database has the locks of its file. Gives the lock, and the answers to further statements of the same
 * call.
 */
export async function begin(
  run: RunRecord,
  events: readonly JournalEvent[],
  lockSeconds: number,
  also: readonly string[] = [],
): Promise<{ readonly lock: Lock | undefined; readonly answers: Answers }> {
  const { d1, before, identity } = run;
  if (d1.location !== 'remote') {
    await record(run, events);
    return { lock: undefined, answers: await d1.batch(also) };
  }
  const { target, state } = before;
  const table = target.database.migrationsTable;
  const condition = `${hasTakenLock(identity.run)} AND ${isHistory(table, state.history)}`;
  const { statements, left } = fitting(events, (some) => [
    ...stampStatements(target.environment.name),
    ...takeLockStatements(identity.run, lockOwner(identity), lockSeconds),
    // Wrangler makes it in the same way, a moment later; here it is read before.
    createHistoryStatement(table, { quoted: target.wrangler.can.quotesHistoryTable }),
    ...rowsOf(run, some, condition),
    ...also,
    readHistoryStatement(table),
    readLockStatement,
  ]);
  const results = await d1.batch(statements).catch(async (error: unknown) => {
    // The answer may be lost and the lock taken all the same.
    await releaseLock(d1, identity).catch(() => undefined);
    throw error;
  });
  const lock = requireLock(heldLock(results.at(-1) ?? []), identity.run);
  const found = results.at(-2) ?? [];
  if (found.length !== state.history.length || found.at(-1)?.['id'] !== state.history.at(-1)?.id) {
    const notes = await releaseLock(d1, identity).then(
      () => [],
      () => [lockStays()],
    );
    throw changedMeanwhile(
      `Another run has migrated ${target.environment.name} since its status was read here.`,
      notes,
    );
  }
  const write = (statements: readonly string[]) =>
    runIf(d1, [...statements, renewLockStatement(lock, lockSeconds)], { lock });
  await record({ ...run, write }, left);
  return { lock, answers: results.slice(-2 - also.length, -2) };
}

/** What is in the history after the run. */
interface Aftermath {
  readonly applied: ReadonlySet<string>;
  readonly warnings: readonly string[];
  /** What of our own tables is not as this run should have left it, as sentences. */
  readonly flaws: readonly string[];
  /** To the further statements, where they could be read together with the rest. */
  readonly answers: Answers;
}

/**
 * Reads the history again, notes in the journal which of the migrations are in it, and lets the lock go: in one call
 * where it fits. The history decides what happened, not what wrangler said.
 */
export async function conclude(
  run: RunRecord,
  lock: Lock | undefined,
  events: readonly JournalEvent[],
  also: readonly string[] = [],
): Promise<Aftermath> {
  const { d1, before, identity } = run;
  const table = before.target.database.migrationsTable;
  // Whoever has lost the lock does not know any more who has applied what is in the history.
  const condition = `${isInHistory(table)}${lock === undefined ? '' : ` AND ${holdsLock(lock)}`}`;
  const { statements, left } = fitting(events, (some) => [
    ...also, // First, because they fail where a migration has not run: then nothing else must have been done.
    ...rowsOf(run, some, condition),
    ...(lock !== undefined && some.length === events.length ? [releaseLockStatement(identity.run)] : []),
    ...(lock === undefined ? [] : [readLockStatement]),
    ...readOwnRecordsStatements(table),
  ]);
  try {
    const results = await d1.batch(statements);
    await record(run, left, condition);
    if (lock !== undefined && left.length > 0) await releaseLock(d1, identity);
    const answers = results.slice(0, also.length);
    const warnings = lock === undefined ? [] : lostLockWarnings(results.at(-4) ?? [], lock);
    return { ...aftermath(run, events, ownRecordsOf(results.slice(-3))), warnings, answers };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    // Only what the engine refused was certainly not done.
    if (also.length > 0 && error.code.startsWith('sql-')) return conclude(run, lock, events);
    return readOnly(run, events, error);
  }
}

/** Somebody has freed the lock of this run, or it has expired, and another run has worked beside it. */
function lostLockWarnings(rows: readonly Row[], { run, fence }: Lock): readonly string[] {
  const lock = lastLock(rows);
  if (lock?.run === run && lock.fence === fence) return [];
  if (lock === undefined || lock.run === run) {
    return [
      `Somebody has freed the lock while this run was at work: see with "${commandLine('d1-migrate:status', '--history')}" what was done meanwhile.`,
    ];
  }
  return [
    `${lock.owner} has taken the lock over at ${lock.since}, while this run was at work: see with "${commandLine('d1-migrate:status', '--history')}" what each of them has done.`,
  ];
}

/** The journal could not be written, or there is no history at all: what is applied still has to be known. */
async function readOnly(run: RunRecord, events: readonly JournalEvent[], cause: D1Error): Promise<Aftermath> {
  const { d1, before, identity } = run;
  try {
    const table = before.target.database.migrationsTable;
    const records = await retryRead(() => readDatabaseState(d1, table));
    if (d1.location === 'remote') await releaseLock(d1, identity);
    const found = aftermath(run, events, records);
    const warning = `The journal could not be written: ${cause.message}. The next "${commandLine('d1-migrate:migrate')}" completes it from the history.`;
    return { ...found, warnings: found.applied.size === 0 ? [] : [warning], answers: undefined };
  } catch {
    throw new D1Error({
      code: 'outcome-unknown',
      message: `wrangler has ended, but the history could not be read again: ${cause.message}`,
      fix: `Look with "${commandLine('d1-migrate:status')}" what is applied before you run anything else.`,
      notes: cause.notes,
      cause,
    });
  }
}

const aftermath = (
  { before }: RunRecord,
  events: readonly JournalEvent[],
  records: OwnRecords,
): Pick<Aftermath, 'applied' | 'flaws'> => ({
  applied: new Set(records.history.map(({ name }) => name)),
  flaws: recordFlaws(
    { ...before.state, stamp: before.state.stamp ?? before.target.environment.name },
    records,
    events.map(({ migration }) => migration),
  ),
});

/** What happened to one migration. */
export interface JournalEvent extends Pick<NewJournalEntry, 'action' | 'outcome'> {
  readonly migration: string;
  readonly durationMs?: number | undefined;
  /** Anything more, as a value that JSON can hold. */
  readonly detail?: object | undefined;
  /** When they are not those of the file as it is now. */
  readonly checksums?: Checksums | undefined;
}

/** Makes the rows that a run adds to the journal. */
export function journalEntries(
  { target, checksumsOf }: Survey,
  identity: RunIdentity,
  events: readonly JournalEvent[],
  bookmark: string | null = null,
): readonly NewJournalEntry[] {
  return events.map(({ checksums, durationMs, detail, ...event }) => {
    const { raw, tokens } = checksums ?? checksumsOf(event.migration);
    return {
      ...identity,
      ...event,
      rawChecksum: raw,
      tokenChecksum: tokens,
      bookmark,
      wranglerVersion: target.wrangler.version,
      durationMs: durationMs ?? null,
      detail: detail === undefined ? null : JSON.stringify(detail),
    };
  });
}

/**
 * What the journal lacks about migrations that are applied: an interrupted run wrote no end, and wrangler on its own
 * writes nothing. An interrupted run noted the checksums before it began; where the file has others now, nobody knows
 * which were applied, and nothing is noted. For what was applied by other means those of the file as it is now are taken,
 * so that a change from now on is seen.
 */
export function missingEvents({ state, files, migrations }: Survey): readonly JournalEvent[] {
  const texts = appliedTexts(state);
  const names = new Set(files.map(({ name }) => name));
  return migrations
    .filter(
      ({ name, state: is, appliedAt }) =>
        appliedAt !== null && names.has(name) && is !== 'unknown' && texts.get(name)?.certain !== true,
    )
    .map(({ name }) => {
      const text = texts.get(name);
      return text === undefined
        ? { action: 'adopt', migration: name, outcome: 'applied' }
        : {
            action: 'migrate',
            migration: name,
            outcome: 'applied',
            checksums: { raw: text.raw, tokens: text.tokens },
            detail: { interrupted: true },
          };
    });
}
