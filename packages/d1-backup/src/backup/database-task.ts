import type { Entrance } from 'd1-core/door';
import type { D1ErrorDetails } from 'd1-core/errors';
import type { Wrangler } from 'd1-core/wrangler';
import type { ExpectedContent } from '../database/index.ts';
import type { RowWithoutParent } from '../format/index.ts';
import type { DatabaseReading, ReadDatabaseRequest } from './read-database.ts';

/** What the process of a backup that works on its database is asked to do, one task at a time. */
export interface DatabaseTask {
  readonly work: { readonly read: Omit<ReadDatabaseRequest, 'onRows'> } | { readonly prove: DumpToProve };
  /** For the commands that its errors name. */
  readonly entrance: Entrance;
}

export interface DumpToProve {
  readonly file: string;
  /** What it should hold. */
  readonly record: ExpectedContent;
  readonly wrangler: Wrangler;
}

/** What is known of a dump that comes back. */
export interface ProvedDump {
  readonly rowsWithoutParent: readonly RowWithoutParent[];
  /** Full-text searches whose indexes were built from their text, and are not as they were. */
  readonly wrongSearches: readonly string[];
}

/** What it says meanwhile, and at the end of a task. */
export type DatabaseMessage =
  | { readonly rows: number }
  | { readonly reading: DatabaseReading }
  | { readonly proved: ProvedDump }
  | { readonly error: D1ErrorDetails }
  | { readonly failure: SystemFailure };

/** An error that is no `D1Error`, such as one of a full disk. */
export interface SystemFailure {
  readonly message: string;
  readonly stack: string | undefined;
  /** `code` and `path`, where the system has named them. */
  readonly facts: Readonly<Record<string, unknown>>;
}
