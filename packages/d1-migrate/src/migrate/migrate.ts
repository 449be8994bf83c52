import type { D1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import type { Loss, LossExample } from '../loss/index.ts';
import type { RunComparison } from './compare-run.ts';
import type { ApprovedPlan } from '../plan/read-plan.ts';
import { requireUnchanged, requireUsablePlan } from '../plan/require-plan.ts';
import type { Identify } from 'd1-core/run';
import { pendingFiles, survey, type Survey } from '../status/index.ts';
import { openTarget, type Target } from 'd1-core/target';
import { applyPending } from './apply.ts';
import { blockedError, findBlockers } from './blockers.ts';
import { missingEvents } from './journal.ts';
import { completeJournal } from './record.ts';
import { requireRehearsed } from './require-rehearsed.ts';
import { rememberFiles } from './same-files.ts';

export interface MigrateRequest {
  readonly target: Target;
  readonly identify: Identify;
  /** Stop before anything is changed. */
  readonly dryRun: boolean;
  /** Change a protected environment without a rehearsal of exactly these migrations; the journal notes it. */
  readonly skipRehearsal?: boolean | undefined;
  /** Take a rehearsal on this file for one on the data of a protected environment; the journal notes it. */
  readonly rehearsedOn?: string | undefined;
  /** What was approved: only that is applied, and its rehearsal is the one that a protected environment needs. */
  readonly plan?: ApprovedPlan | undefined;
  /** Shows what is pending and gets the consent for it; throws when there is none. */
  readonly approve: (survey: Survey, pending: readonly MigrationFile[]) => Promise<void>;
  /** Is told the Time Travel bookmark of a remote database before it is changed. */
  readonly onBookmark?: ((bookmark: string) => void) | undefined;
  /** Is told what is about to be written; when it throws, nothing is. */
  readonly onBegin?: ((change: Change) => Promise<void>) | undefined;
  /** Milliseconds that wrangler may take for the migrations, and at most for one question. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a run is about to do. Without migrations it only completes the journal. */
export interface Change {
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

/** Applies what is pending, and reads the database again to say what came of it. */
export async function migrate(request: MigrateRequest): Promise<MigrateResult> {
  const { target, dryRun, approve, plan } = request;
  let started = performance.now();
  if (plan !== undefined) requireUsablePlan(plan, target);
  const d1 = openTarget(target, request.timeout);
  try {
    const before = await survey(target, d1);
    const pending = pendingFiles(before);
    if (plan !== undefined) {
      await requireUnchanged(plan, before, pending, (await request.identify()).pluginVersion);
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
    const pass = dryRun ? undefined : await requireRehearsed(d1, before, pending, request);
    const requireSameFiles = rememberFiles(before, pending);
    await approve(before, pending);
    if (dryRun) return finish({ outcome: 'dry-run' });
    requireSameFiles();
    started = performance.now(); // Nobody waits for wrangler while the question stands.
    return finish(await applyPending(d1, before, pending, request, pass));
  } finally {
    await d1.close();
  }
}
