import type { Severity } from 'd1-lint/source';
import type { QueriesCheck } from '../queries/index.ts';
import type { RehearseResult } from '../rehearse/index.ts';
import type { Target } from 'd1-core/target';
import type { PlannedState } from '../approval/index.ts';

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
  readonly code: 'lint' | 'rehearsal' | 'other-data' | 'queries';
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
  /** What they do to the queries of the code; undefined when nothing is pending, or nothing deployed. */
  readonly queries: QueriesCheck | undefined;
  /** The fingerprint of the schema after; null where the rehearsal did not get that far. */
  readonly schemaAfter: string | null;
  /** None for a plan that may be applied. */
  readonly problems: readonly PlanProblem[];
}
