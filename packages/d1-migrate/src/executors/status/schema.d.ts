import type { CommonOptions } from '../common-options.d.ts';

export interface StatusExecutorOptions extends CommonOptions {
  readonly environments?: 'all' | undefined;
  readonly check?: boolean | undefined;
}
