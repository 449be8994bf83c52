import type { CommonOptions } from '../common-options.d.ts';

export interface ResetExecutorOptions extends CommonOptions {
  readonly confirm?: string | undefined;
  /** Relative to the workspace root. */
  readonly seed?: string | undefined;
}
