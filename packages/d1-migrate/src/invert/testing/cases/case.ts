import type { RollbackClass } from 'd1-core/migrations';

/** A migration on a schema, and what its way back has to be. */
export interface ReversibilityCase {
  readonly name: string;
  /** The migration before it. */
  readonly before: string;
  readonly up: string;
  readonly class: RollbackClass;
  /** What the script says that it loses: `table` or `table.column`. */
  readonly loses?: readonly string[];
  /** Tables of which it says that rows stay there. */
  readonly leaves?: readonly string[];
}
