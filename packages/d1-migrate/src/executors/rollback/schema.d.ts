import type { CommonOptions } from '../common-options.d.ts';

export interface RollbackExecutorOptions extends CommonOptions {
  readonly steps?: number | undefined;
  /** A number or name; `0` for none. */
  readonly to?: string | number | undefined;
  readonly strategy?: 'script' | 'snapshot' | 'time-travel' | undefined;
  /** Table names with commas between them. */
  readonly acceptDataLoss?: string | undefined;
  readonly confirm?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
