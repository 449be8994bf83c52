import type { Severity } from 'd1-lint/source';
import type { RollbackClass } from 'd1-core/migrations';
import type { RehearseResult } from '../rehearse/index.ts';
import type { Target } from 'd1-core/target';

/** The version of the file's shape; it changes when a field changes its meaning or goes away. */
export const PLAN_VERSION = 1;

/**
 * What a plan is of. When any of it is another, the plan does not hold any more: somebody has approved something else
 * than what would be done.
 */
export interface PlannedState {
  readonly environment: string;
  readonly database: { readonly binding: string; readonly name: string | null; readonly id: string | null };
  readonly wranglerVersion: string;
  readonly pluginVersion: string;
  /** The names in the history, in its order. */
  readonly applied: readonly string[];
  /** What is pending, in the order in which it runs. */
  readonly migrations: readonly PlannedMigration[];
  /** The fingerprint of the schema before. */
  readonly schema: string;
}

export interface PlannedMigration {
  readonly name: string;
  /** SHA-256 of the file's bytes, and of its tokens. */
  readonly raw: string;
  readonly tokens: string;
  readonly rollback: PlannedRollback;
}

/** The way back from one migration, as its rollback script says. */
export interface PlannedRollback {
  /** `none`: there is no script. `not-proved`: it says nothing that can be relied on, or is for another text. */
  readonly class: RollbackClass | 'none' | 'not-proved';
  /** What is not as before after it, in words. */
  readonly loses: readonly string[];
  /** SHA-256 of the script's text; null where there is none. */
  readonly checksum: string | null;
}

/** Something that the linter has found in a pending migration. */
export interface PlannedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  /** Relative to the workspace root, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Who made a plan, when and from what. Information: it may differ from who applies it. */
export interface PlanOrigin {
  /** UTC, ISO 8601. */
  readonly time: string;
  readonly actor: string | null;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly ciRun: string | null;
}

/** Why a plan must not be applied. */
export interface PlanProblem {
  readonly code: 'lint' | 'rehearsal' | 'other-data';
  readonly message: string;
}

/** What a migrate would do to a database, and what is known of it. */
export interface Plan {
  readonly target: Target;
  readonly origin: PlanOrigin;
  readonly state: PlannedState;
  /** The Time Travel bookmark when it was made; null for a local database. */
  readonly bookmark: string | null;
  /** Of the migrations that are pending. */
  readonly findings: readonly PlannedFinding[];
  /** Undefined when nothing is pending. */
  readonly rehearsal: RehearseResult | undefined;
  /** The fingerprint of the schema after; null where the rehearsal did not get that far. */
  readonly schemaAfter: string | null;
  /** None for a plan that may be applied. */
  readonly problems: readonly PlanProblem[];
}
