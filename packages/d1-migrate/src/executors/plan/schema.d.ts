import type { CommonOptions } from '../common-options.d.ts';

export interface PlanExecutorOptions extends CommonOptions {
  readonly from?: string | undefined;
  readonly output?: string | undefined;
}
