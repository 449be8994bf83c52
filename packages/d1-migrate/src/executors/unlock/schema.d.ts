import type { CommonOptions } from '../common-options.d.ts';

export interface UnlockExecutorOptions extends CommonOptions {
  readonly confirm?: string | undefined;
}
