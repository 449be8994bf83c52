import type { D1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import type { Identify } from 'd1-core/run';
import type { Approval } from '../approval/index.ts';
import { type Loss, type LossExample } from 'd1-core/loss';
import type { Survey } from '../survey/index.ts';
import type { RunComparison } from './compare-run.ts';

export interface MigrateRequest extends Approval {
  readonly identify: Identify;
  /** Stop before anything is changed. */
  readonly dryRun: boolean;
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
