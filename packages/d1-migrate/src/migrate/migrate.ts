import { dirname } from 'node:path';
import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { journalStatements, readDatabaseState, stampStatements } from 'd1-core/history';
import type { MigrationFile } from 'd1-core/migrations';
import { explainFailure, runWrangler, targetArguments, type WranglerResult } from 'd1-core/wrangler';
import type { Identify } from '../run/index.ts';
import { survey, type Survey } from '../status/index.ts';
import { openTarget, wranglerTarget, type Target } from '../target/index.ts';
import { blockedError, findBlockers } from './blockers.ts';
import { explainFailedMigration } from './explain.ts';
import { journalEntries, missingEvents, type JournalEvent } from './journal.ts';

export interface MigrateRequest {
  readonly target: Target;
  readonly identify: Identify;
  /** Stop before anything is changed. */
  readonly dryRun: boolean;
  /** Shows what is pending and gets the consent for it; throws when there is none. */
  readonly approve: (survey: Survey, pending: readonly MigrationFile[]) => Promise<void>;
  /** Milliseconds that wrangler may take. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface MigrationResult {
  readonly name: string;
  readonly outcome: 'applied' | 'failed' | 'not-run';
}

export interface MigrateResult {
  readonly survey: Survey;
  readonly outcome: 'nothing-pending' | 'dry-run' | 'applied' | 'failed';
  /** Every migration that was pending, in the order in which they run. */
  readonly migrations: readonly MigrationResult[];
  readonly error: D1Error | undefined;
  /** What went wrong after the migrations were applied. */
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

/** Applies what is pending, and reads the database again to say what came of it. */
export async function migrate(request: MigrateRequest): Promise<MigrateResult> {
  const { target, dryRun, approve } = request;
  let started = performance.now();
  const d1 = openTarget(target);
  try {
    const before = await survey(target, d1);
    const pending = before.files.filter(({ name }) => isPending(before, name));
    const finish = (result: Pick<MigrateResult, 'outcome'> & Partial<MigrateResult>): MigrateResult => ({
      survey: before,
      migrations: pending.map(({ name }) => ({ name, outcome: 'not-run' })),
      error: undefined,
      warnings: [],
      durationMs: performance.now() - started,
      ...result,
    });

    if (pending.length === 0) {
      if (!dryRun) await record(d1, before, request.identify, missingEvents(before));
      return finish({ outcome: 'nothing-pending' });
    }
    const blocked = blockedError(await findBlockers(before));
    if (blocked !== undefined) throw blocked;
    await approve(before, pending);
    if (dryRun) return finish({ outcome: 'dry-run' });
    started = performance.now(); // Nobody waits for wrangler while the question stands.
    return finish(await apply(d1, before, pending, request));
  } finally {
    await d1.close();
  }
}

const isPending = ({ migrations }: Survey, name: string): boolean =>
  migrations.some((migration) => migration.name === name && migration.state === 'pending');

async function apply(
  d1: D1,
  before: Survey,
  pending: readonly MigrationFile[],
  { target, identify, timeout, signal }: MigrateRequest,
): Promise<Pick<MigrateResult, 'outcome' | 'migrations' | 'error' | 'warnings'>> {
  await record(d1, before, identify, [
    ...missingEvents(before),
    ...pending.map(({ name }): JournalEvent => ({ action: 'migrate', migration: name, outcome: 'started' })),
  ]);
  const run = await runWrangler(target.wrangler, {
    args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
    cwd: dirname(target.environment.configFile),
    timeout,
    signal,
  });

  const { history } = await readAgain(d1, target, run);
  const applied = new Set(history.map(({ name }) => name));
  const failedIndex = pending.findIndex(({ name }) => !applied.has(name));
  const failedFile = pending[failedIndex];
  const failure = failedFile === undefined ? undefined : explainFailure(run);
  // Whatever is not SQL (a lost connection, a kill) says nothing against the migration itself.
  const isSqlFailure = failure?.code.startsWith('sql-') === true;
  const migrations = pending.map(({ name }, index): MigrationResult => {
    if (applied.has(name)) return { name, outcome: 'applied' };
    return { name, outcome: index === failedIndex && isSqlFailure ? 'failed' : 'not-run' };
  });

  const events = migrations
    .filter(({ outcome }) => outcome !== 'not-run')
    .map(({ name, outcome }): JournalEvent => ({
      action: 'migrate',
      migration: name,
      outcome: outcome === 'applied' ? 'applied' : 'failed',
      durationMs: run.durationMs,
      detail: outcome === 'failed' ? { error: failure?.message } : undefined,
    }));
  const warnings = await recordAfterwards(d1, before, identify, events);
  if (failedFile === undefined || failure === undefined) {
    return { outcome: 'applied', migrations, error: undefined, warnings };
  }

  await d1.close(); // What explains the failure copies the database.
  const error = await explainFailedMigration({
    target,
    file: failedFile,
    applied: before.files.filter(({ name }) => applied.has(name)),
    failure,
    databaseNow: describeDatabase(target, migrations, isSqlFailure),
  });
  return { outcome: 'failed', migrations, error, warnings };
}

/** Writes the stamp and rows of the journal, in one transaction. */
async function record(
  d1: D1,
  before: Survey,
  identify: Identify,
  events: readonly JournalEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await d1.batch([
    ...stampStatements(before.target.environment.name),
    ...journalStatements(journalEntries(before, await identify(), events)),
  ]);
}

/** The migrations are applied by now; a journal that cannot be written is worth a warning, not a failure. */
async function recordAfterwards(
  d1: D1,
  before: Survey,
  identify: Identify,
  events: readonly JournalEvent[],
): Promise<readonly string[]> {
  try {
    await record(d1, before, identify, events);
    return [];
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return [
      `The journal could not be written: ${error.message}. The next "migrate" completes it from the history.`,
    ];
  }
}

async function readAgain(d1: D1, target: Target, run: WranglerResult) {
  try {
    return await readDatabaseState(d1, target.database.migrationsTable);
  } catch (cause) {
    throw new D1Error({
      code: 'outcome-unknown',
      message: `wrangler has ended, but the history could not be read again: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Look with the target "status" what is applied before you run anything else.',
      notes: [`wrangler ended with exit status ${run.exitCode ?? 'unknown'}.`],
      cause,
    });
  }
}

/** What is in the database now. A local batch is one transaction; of a remote one only the history is certain. */
function describeDatabase(
  { environment }: Target,
  migrations: readonly MigrationResult[],
  isSqlFailure: boolean,
): string {
  const names = migrations.filter(({ outcome }) => outcome === 'applied').map(({ name }) => name);
  const applied = names.length === 0 ? 'none of the pending migrations' : names.join(', ');
  const rest = migrations.filter(({ outcome }) => outcome !== 'applied').map(({ name }) => name);
  if (environment.location === 'local' || isSqlFailure) {
    return `In the database now: ${applied}; nothing of ${rest.join(', ')}.`;
  }
  return `In the history now: ${applied}. Whether a part of ${rest[0] ?? 'the next'} was applied is not known: compare the schema before you run again.`;
}
