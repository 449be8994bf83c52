import type { Accounts } from './accounts.ts';
import type { Buckets } from './buckets.ts';
import type { Databases } from './databases.ts';
import type { SignedFiles } from './files.ts';
import type { Storage } from './storage.ts';

/** Everything the routes work on. */
export interface Cloud {
  readonly accounts: Accounts;
  readonly databases: Databases;
  readonly storage: Storage;
  readonly buckets: Buckets;
  readonly files: SignedFiles;
  /** Like `http://127.0.0.1:1234`. */
  readonly origin: () => string;
}
