import type { CommonOptions } from '../common-options.d.ts';

export interface DriftExecutorOptions extends CommonOptions {
  readonly environments?: 'all' | undefined;
  readonly check?: boolean | undefined;
}
