import type { TargetOptions } from '../target/index.ts';

/** The options that every executor has. */
export interface CommonOptions extends TargetOptions {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}
