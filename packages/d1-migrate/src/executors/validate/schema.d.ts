import type { CommonOptions } from '../common-options.d.ts';

export interface ValidateExecutorOptions extends CommonOptions {
  readonly write?: boolean | undefined;
}
