import type { CommonOptions } from '../common-options.d.ts';

export interface VerifyExecutorOptions extends CommonOptions {
  readonly archive?: string | undefined;
  readonly output?: string | undefined;
  readonly level?: 'structure' | 'hashes' | 'restore' | undefined;
  readonly identity?: string | undefined;
}
