import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { D1 } from 'd1-core/database';
import type { D1Error } from 'd1-core/errors';
import type { Loss, LossExample } from 'd1-core/loss';
import { findMigration, type MigrationFile, rollbackScriptPath } from 'd1-core/migrations';
import type { Identify } from 'd1-core/run';
import { READ_CATALOG } from 'd1-core/schema';
import { takeSnapshot } from 'd1-core/snapshot';
import { loadTokenizer } from 'd1-core/sql';
import { openTarget, localDatabase, type Target } from 'd1-core/target';
import { explainFailure, runWrangler, targetArguments } from 'd1-core/wrangler';
import type { Pass, Approval } from '../approval/index.ts';
import type { QueriesCheck, QueriesNote } from '../queries/index.ts';
import {
  pendingFiles,
  survey,
  blockedError,
  findBlockers,
  rememberFiles,
  type Survey,
  takeBookmark,
} from '../survey/index.ts';
import { lostRowsError, notAsCheckedError, swappedFiles } from './deviations.ts';
import { copyForWrangler, type PrivateCopy } from './private-copy.ts';
import { completeJournal, missingEvents, begin, conclude, type JournalEvent, record } from './record.ts';
import { compareRun, type RunComparison, guardRows, NO_GUARD } from './row-guard.ts';

/** What an environment that is not protected does to its code is its own affair. */
const NOT_COMPARED = { check: undefined, note: undefined };

/** Applies what is pending, and reads the database again to say what came of it. */
export async function migrate(request: MigrateRequest): Promise<MigrateResult> {
  const { target, dryRun, approve, plan } = request;
  let started = performance.now();
  // Not needed where nobody has to approve anything, which is what a developer does all day.
  const approval =
    plan !== undefined || target.environment.protected ? await import('../approval/index.ts') : undefined;
  if (plan !== undefined) approval?.requireUsablePlan(plan, target);
  const d1 = openTarget(target);
  try {
    const before = await survey(target, d1);
    const pending = pendingFiles(before);
    if (plan !== undefined) {
      const { pluginVersion } = await request.identify();
      await approval?.requireUnchanged(plan, before, pending, pluginVersion);
    }
    const finish = (result: Pick<MigrateResult, 'outcome'> & Partial<MigrateResult>): MigrateResult => ({
      survey: before,
      migrations: pending.map(({ name }) => ({ name, outcome: 'not-run' })),
      error: undefined,
      warnings: [],
      bookmark: null,
      snapshot: null,
      losses: [],
      examples: [],
      compared: undefined,
      durationMs: performance.now() - started,
      ...result,
    });

    const blocked = blockedError(await findBlockers(before));
    if (blocked !== undefined) throw blocked;
    if (pending.length === 0) {
      const missing = missingEvents(before);
      if (!dryRun && missing.length > 0) {
        await request.onBegin?.({ bookmark: null, migrations: [] });
        await completeJournal({ d1, before, identity: await request.identify(), bookmark: null }, missing);
      }
      return finish({ outcome: 'nothing-pending' });
    }
    const some = upTo(pending, request.to);
    const rehearsed = dryRun ? undefined : await approval?.requireRehearsed(d1, before, pending, request);
    const requireSameFiles = rememberFiles(before, pending);
    const { check, note } =
      target.environment.protected && !dryRun
        ? await (
            await import('../queries/index.ts')
          ).requireWorkingQueries({ ...request, state: before.state, pending: some })
        : NOT_COMPARED;
    await approve(before, some, check);
    if (dryRun) return finish({ outcome: 'dry-run' });
    requireSameFiles();
    started = performance.now(); // Nobody waits for wrangler while the question stands.
    return finish(
      await applyPending(d1, before, some, request, {
        pass: rehearsed?.pass,
        // A part of what was rehearsed changes other numbers of rows.
        seen: rehearsed?.isWhole === true && some.length === pending.length ? rehearsed.pass : undefined,
        queries: note,
      }),
    );
  } finally {
    await d1.close();
  }
}

/** The pending migrations up to one, by its number or name. Throws D1Error `unknown-migration`. */
function upTo(pending: readonly MigrationFile[], to: string | undefined): readonly MigrationFile[] {
  if (to === undefined) return pending;
  const last = findMigration(pending, ({ name }) => name, to, '--to=');
  return pending.slice(0, pending.indexOf(last) + 1);
}

/** Milliseconds that wrangler may take. */
const DEFAULT_TIMEOUT = 10 * 60 * 1000;

/** Seconds that the lock outlives wrangler by: the history is read and the journal written in that time. */
const LOCK_MARGIN = 120;

/** What was looked at before. */
interface Seen {
  readonly pass: Pass | undefined;
  /** The pass, where it is of just what is applied. */
  readonly seen: Pass | undefined;
  readonly queries: QueriesNote | undefined;
}

type Applied = Omit<MigrateResult, 'survey' | 'durationMs'>;

/** Lets wrangler apply what is pending, and reads the history again to say what came of it. */
async function applyPending(
  d1: D1,
  before: Survey,
  pending: readonly MigrationFile[],
  request: MigrateRequest,
  found: Seen,
): Promise<Applied> {
  const copy = copyForWrangler(before.target, pending);
  try {
    return await applyCopy(d1, before, pending, copy, request, found);
  } finally {
    copy.remove();
  }
}

async function applyCopy(
  d1: D1,
  before: Survey,
  pending: readonly MigrationFile[],
  copy: PrivateCopy,
  request: MigrateRequest,
  found: Seen,
): Promise<Applied> {
  const { target, identify, signal, plan, onBookmark, onBegin } = request;
  const { timeout = DEFAULT_TIMEOUT } = target;
  const guard = d1.location === 'remote' ? await guardRows(before, pending, found.seen) : NO_GUARD;
  const bookmark = d1.location === 'remote' ? await takeBookmark(target) : null;
  const names = pending.map(({ name }) => name);
  const snapshot =
    d1.location === 'local' ? ((await takeSnapshot(localDatabase(target), names))?.id ?? null) : null;
  if (bookmark !== null) onBookmark?.(bookmark);
  await onBegin?.({
    bookmark,
    plan: plan?.hash,
    migrations: pending.map(({ name }) => ({ name, outcome: 'not-run' })),
  });
  const run = { d1, before, identity: await identify(), bookmark };
  const scripts = scriptsForJournal(pending);
  const started = pending.map(({ name }) => ({
    ...eventOf(name, 'started'),
    ...detailOf(request, found, scripts.get(name)),
  }));
  const events = [...missingEvents(before), ...started];
  const { lock, answers: countsBefore } = await begin(
    run,
    events,
    timeout / 1000 + LOCK_MARGIN,
    guard.before,
  );

  // workerd puts a database away some seconds after the last call, and locks it for that; wrangler waits for nobody.
  await d1.close();
  const result = copy.asOfFolder(
    await runWrangler(target.wrangler, {
      args: ['d1', 'migrations', 'apply', ...targetArguments(copy.target)],
      cwd: dirname(target.environment.configFile),
      timeout,
      signal,
    }),
  );
  const held = copy.checksums(await loadTokenizer());
  const ends = pending.map(({ name }) => ({
    ...eventOf(name, 'applied'),
    checksums: held.get(name),
    durationMs: result.durationMs,
  }));
  const further = [...guard.after, ...(plan === undefined ? [] : [READ_CATALOG])];
  const { applied, flaws, warnings, answers } = await conclude(run, lock, ends, further);
  const done = pending.filter(({ name }) => applied.has(name));
  await d1.close(); // What compares the rows reads the file itself.
  const comparison =
    snapshot === null || done.length === 0 ? undefined : await compareRun(target, snapshot, done);
  const { losses, warnings: deviating } =
    comparison ?? (await guard.compare(d1, applied, countsBefore, answers?.slice(0, guard.after.length)));
  const wayBack = { bookmark, snapshot };
  const lost = lostRowsError(target, losses, wayBack);
  const seen = {
    losses,
    examples: comparison?.examples ?? [],
    compared: comparison?.compared,
  };
  const otherwise = notAsCheckedError(before, [...swappedFiles(before, pending, held), ...flaws], wayBack);

  const failedIndex = pending.findIndex(({ name }) => !applied.has(name));
  const failedFile = pending[failedIndex];
  if (failedFile === undefined) {
    const migrations = pending.map(({ name }): MigrationResult => ({ name, outcome: 'applied' }));
    const outcome = otherwise !== undefined ? 'not-as-checked' : lost !== undefined ? 'rows-lost' : 'applied';
    const schema =
      plan === undefined
        ? []
        : await (
            await import('../approval/index.ts')
          ).schemaWarnings(plan, target, answers?.at(-1), names.at(-1) ?? '');
    const all = [...warnings, ...deviating, ...schema, ...(otherwise === undefined ? [] : sayAlso(lost))];
    return { outcome, migrations, error: otherwise ?? lost, warnings: all, bookmark, snapshot, ...seen };
  }

  const failure = explainFailure(result);
  // Whatever is not SQL (a lost connection, a kill) says nothing against the migration itself.
  const isSqlFailure = failure.code.startsWith('sql-');
  const migrations = pending.map(({ name }, index): MigrationResult => {
    if (applied.has(name)) return { name, outcome: 'applied' };
    return { name, outcome: index === failedIndex && isSqlFailure ? 'failed' : 'not-run' };
  });
  await d1.close(); // What explains the failure copies the database.
  const { explainFailedMigration } = await import('./explain.ts');
  const error = await explainFailedMigration({
    target,
    file: failedFile,
    applied: before.files.filter(({ name }) => applied.has(name)),
    failure,
    databaseNow: describeDatabase(target, migrations, isSqlFailure),
  });
  if (isSqlFailure) {
    await record(run, [{ ...eventOf(failedFile.name, 'failed'), detail: { error: error.message } }]);
  }
  return {
    outcome: 'failed',
    migrations,
    error,
    warnings: [...warnings, ...sayAlso(otherwise), ...sayAlso(lost)],
    bookmark,
    snapshot,
    ...seen,
  };
}

/** An error beside the one that is reported. */
const sayAlso = (error: D1Error | undefined): readonly string[] =>
  error === undefined ? [] : [`${error.message} ${error.fix}`];

function detailOf(
  { target, skipRehearsal, plan }: MigrateRequest,
  { pass, queries }: Seen,
  rollback: string | undefined,
): Pick<JournalEvent, 'detail'> {
  const rehearsal = !target.environment.protected
    ? undefined
    : skipRehearsal === true
      ? 'skipped'
      : pass?.source.kind === 'file'
        ? `on ${pass.source.name}`
        : undefined;
  const detail = {
    ...(rehearsal === undefined ? {} : { rehearsal }),
    ...(plan === undefined ? {} : { plan: plan.hash }),
    ...(queries === undefined ? {} : { queries }),
    ...(rollback === undefined ? {} : { rollback }),
  };
  return Object.keys(detail).length === 0 ? {} : { detail };
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

/** Bytes of all scripts of one run: they go to a remote database on a command line, with the rows of the journal. */
const MAX_BYTES = 40_000;

/**
 * The rollback scripts that the journal keeps, by the name of the migration: so it can be rolled back from a branch that
 * does not have its files. Scripts beyond a bound stay in the files alone.
 */
function scriptsForJournal(pending: readonly MigrationFile[]): ReadonlyMap<string, string> {
  const scripts = new Map<string, string>();
  let bytes = 0;
  for (const file of pending) {
    const path = rollbackScriptPath(file);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    bytes += Buffer.byteLength(text);
    if (bytes > MAX_BYTES) break;
    scripts.set(file.name, text);
  }
  return scripts;
}

export interface MigrateRequest extends Approval {
  readonly identify: Identify;
  /** Stop before anything is changed. */
  readonly dryRun: boolean;
  /** The number or name of the pending migration that is the last to be applied; all without it. */
  readonly to?: string | undefined;
  /** Shows what is pending, what it does to queries where that was compared, and gets the consent for it; throws when there is none. */
  readonly approve: (
    survey: Survey,
    pending: readonly MigrationFile[],
    queries?: QueriesCheck,
  ) => Promise<void>;
  /** Is told the Time Travel bookmark of a remote database before it is changed. */
  readonly onBookmark?: ((bookmark: string) => void) | undefined;
  /** Is told what is about to be written; when it throws, nothing is. */
  readonly onBegin?: ((change: Change) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a run is about to do. Without migrations it only completes the journal. */
interface Change {
  readonly bookmark: string | null;
  /** The hash of the plan that was approved. */
  readonly plan?: string | undefined;
  readonly migrations: readonly MigrationResult[];
}

export interface MigrationResult {
  readonly name: string;
  readonly outcome: 'applied' | 'failed' | 'not-run';
}

export interface MigrateResult {
  readonly survey: Survey;
  /**
   * `rows-lost`: all is applied, and rows are gone that no directive announces. `not-as-checked`: all is applied, but
   * something else has run than what was checked, or our own tables were changed by it.
   */
  readonly outcome: 'nothing-pending' | 'dry-run' | 'applied' | 'rows-lost' | 'not-as-checked' | 'failed';
  /** Every migration that was pending, in the order in which they run. */
  readonly migrations: readonly MigrationResult[];
  readonly error: D1Error | undefined;
  /** What went wrong after the migrations were applied. */
  readonly warnings: readonly string[];
  /** What Time Travel goes back to; null for a local database, or where nothing was done. */
  readonly bookmark: string | null;
  /** The snapshot of a local database before the run; null where there was none yet, or nothing was done. */
  readonly snapshot: string | null;
  /** What tables have fewer of than before: rows, or values. */
  readonly losses: readonly Loss[];
  /** A few of the rows and values that are lost: for the terminal alone. */
  readonly examples: readonly LossExample[];
  /** Whether a local database was compared with its snapshot; undefined where there was none, as on a remote one. */
  readonly compared: RunComparison['compared'] | undefined;
  readonly durationMs: number;
}
