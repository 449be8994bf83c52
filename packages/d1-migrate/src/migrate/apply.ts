import { dirname } from 'node:path';
import type { D1 } from 'd1-core/database';
import type { MigrationFile } from 'd1-core/migrations';
import { explainFailure, readBookmark, runWrangler, targetArguments } from 'd1-core/wrangler';
import type { Survey } from '../status/index.ts';
import { wranglerTarget, type Target } from '../target/index.ts';
import { explainFailedMigration } from './explain.ts';
import { missingEvents, type JournalEvent } from './journal.ts';
import type { MigrateRequest, MigrateResult, MigrationResult } from './migrate.ts';
import { begin, conclude, record } from './record.ts';

/** Milliseconds that wrangler may take. */
const DEFAULT_TIMEOUT = 10 * 60 * 1000;

/** Seconds that the lock outlives wrangler by: the history is read and the journal written in that time. */
const LOCK_MARGIN = 120;

/** Lets wrangler apply what is pending, and reads the history again to say what came of it. */
export async function applyPending(
  d1: D1,
  before: Survey,
  pending: readonly MigrationFile[],
  { target, identify, timeout = DEFAULT_TIMEOUT, signal, onBookmark }: MigrateRequest,
): Promise<Pick<MigrateResult, 'outcome' | 'migrations' | 'error' | 'warnings' | 'bookmark'>> {
  const bookmark =
    d1.location === 'remote' ? await readBookmark(target.wrangler, wranglerTarget(target)) : null;
  if (bookmark !== null) onBookmark?.(bookmark);
  const run = { d1, before, identity: await identify(), bookmark };
  const started = pending.map(({ name }) => eventOf(name, 'started'));
  await begin(run, [...missingEvents(before), ...started], timeout / 1000 + LOCK_MARGIN);

  const result = await runWrangler(target.wrangler, {
    args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
    cwd: dirname(target.environment.configFile),
    timeout,
    signal,
  });
  const ends = pending.map(({ name }) => ({ ...eventOf(name, 'applied'), durationMs: result.durationMs }));
  const { applied, warnings } = await conclude(run, ends);

  const failedIndex = pending.findIndex(({ name }) => !applied.has(name));
  const failedFile = pending[failedIndex];
  if (failedFile === undefined) {
    const migrations = pending.map(({ name }): MigrationResult => ({ name, outcome: 'applied' }));
    return { outcome: 'applied', migrations, error: undefined, warnings, bookmark };
  }

  const failure = explainFailure(result);
  // Whatever is not SQL (a lost connection, a kill) says nothing against the migration itself.
  const isSqlFailure = failure.code.startsWith('sql-');
  const migrations = pending.map(({ name }, index): MigrationResult => {
    if (applied.has(name)) return { name, outcome: 'applied' };
    return { name, outcome: index === failedIndex && isSqlFailure ? 'failed' : 'not-run' };
  });
  if (isSqlFailure) {
    await record(run, [{ ...eventOf(failedFile.name, 'failed'), detail: { error: failure.message } }]);
  }
  await d1.close(); // What explains the failure copies the database.
  const error = await explainFailedMigration({
    target,
    file: failedFile,
    applied: before.files.filter(({ name }) => applied.has(name)),
    failure,
    databaseNow: describeDatabase(target, migrations, isSqlFailure),
  });
  return { outcome: 'failed', migrations, error, warnings, bookmark };
}

const eventOf = (migration: string, outcome: JournalEvent['outcome']): JournalEvent => ({
  action: 'migrate',
  migration,
  outcome,
});

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
