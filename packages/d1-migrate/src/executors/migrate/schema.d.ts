import type { CommonOptions } from '../common-options.d.ts';

export interface MigrateExecutorOptions extends CommonOptions {
  readonly confirm?: string | undefined;
  readonly plan?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly skipRehearsal?: boolean | undefined;
  readonly rehearsedOn?: string | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}
