import type { CommonOptions } from '../common-options.d.ts';

export interface BaselineExecutorOptions extends CommonOptions {
  readonly to?: string | number | undefined;
  readonly replaceHistory?: boolean | undefined;
  readonly confirm?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
