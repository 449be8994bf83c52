import type { CommonOptions } from '../common-options.d.ts';

export interface RehearseExecutorOptions extends CommonOptions {
  /** A file of SQL, or an archive; relative to the workspace root. */
  readonly from?: string | undefined;
}
