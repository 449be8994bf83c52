import type { CommonOptions } from '../common-options.d.ts';

export interface BackupExecutorOptions extends CommonOptions {
  readonly output?: string | undefined;
  readonly mode?: 'online' | 'export' | undefined;
  readonly verify?: boolean | undefined;
  readonly databaseOnly?: boolean | undefined;
  readonly photosOnly?: boolean | undefined;
  readonly prefix?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly bucket?: string | undefined;
  /** An earlier archive. */
  readonly since?: string | undefined;
  readonly identity?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly recipient?: readonly string[] | string | undefined;
  readonly upload?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
