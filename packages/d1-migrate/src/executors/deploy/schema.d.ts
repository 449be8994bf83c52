import type { CommonOptions } from '../common-options.d.ts';

export interface DeployExecutorOptions extends CommonOptions {
  readonly confirm?: string | undefined;
  readonly dryRun?: boolean | undefined;
  /** For the step before, to which Nx passes it on. */
  readonly plan?: string | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
}
