import type { D1Error } from 'd1-core/errors';
import type { Identify } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import type { Survey } from '../survey/index.ts';
import type { Selection, UsableScript } from './scripts.ts';

export interface RollbackRequest extends Selection {
  readonly target: Target;
  readonly identify: Identify;
  readonly dryRun: boolean;
  /** Tables whose loss is accepted; needed on a protected environment. */
  readonly acceptDataLoss: readonly string[];
  /** Shows the plan and gets the consent for it; throws when there is none. */
  readonly approve: (plan: RollbackPlan) => Promise<void>;
  /** Is told the Time Travel bookmark of a remote database before it is changed. */
  readonly onBookmark?: ((bookmark: string) => void) | undefined;
  /** Is told what is about to be written; when it throws, nothing is. */
  readonly onBegin?: ((change: RollbackChange) => Promise<void>) | undefined;
}

/** What is in a database now and will be gone after a rollback. */
export interface CountedLoss {
  readonly table: string;
  /** Undefined for whole rows. */
  readonly column: string | undefined;
  /** Rows, or values that somebody has put into the column. */
  readonly count: number;
}

/** What a rollback is going to do. */
export interface RollbackPlan {
  readonly survey: Survey;
  /** The last applied migration first. */
  readonly scripts: readonly UsableScript[];
  /** What is in the database now and goes. */
  readonly losses: readonly CountedLoss[];
  /** What could not be looked at, in words. */
  readonly unchecked: readonly string[];
}

export interface RollbackChange {
  readonly bookmark: string | null;
  readonly migrations: readonly { readonly name: string; readonly outcome: 'not-run' }[];
}

export interface RolledBackMigration {
  readonly name: string;
  readonly outcome: 'rolled-back' | 'failed' | 'not-run';
}

export interface RollbackResult {
  readonly plan: RollbackPlan;
  readonly outcome: 'nothing-applied' | 'dry-run' | 'rolled-back' | 'failed';
  readonly migrations: readonly RolledBackMigration[];
  readonly error: D1Error | undefined;
  readonly warnings: readonly string[];
  /** From before the rollback; null for a local database. */
  readonly bookmark: string | null;
  /** Of a local database, from before the rollback. */
  readonly snapshot: string | null;
}
