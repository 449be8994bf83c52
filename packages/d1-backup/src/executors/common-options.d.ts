import type { TargetOptions } from 'd1-core/target';

/** The options that every executor has. */
export interface CommonOptions extends TargetOptions {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}
