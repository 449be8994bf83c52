import type { CommonOptions } from '../common-options.d.ts';

export interface PruneExecutorOptions extends CommonOptions {
  readonly output?: string | undefined;
  readonly keepLast?: number | undefined;
  readonly keepDaily?: number | undefined;
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly identity?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
