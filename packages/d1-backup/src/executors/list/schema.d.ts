import type { CommonOptions } from '../common-options.d.ts';

export interface ListExecutorOptions extends CommonOptions {
  readonly output?: string | undefined;
  readonly all?: boolean | undefined;
  readonly identity?: string | undefined;
}
