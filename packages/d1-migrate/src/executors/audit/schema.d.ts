import type { CommonOptions } from '../common-options.d.ts';

export interface AuditExecutorOptions extends CommonOptions {
  readonly verify?: boolean | undefined;
}
