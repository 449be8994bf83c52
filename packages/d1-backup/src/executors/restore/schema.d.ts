import type { CommonOptions } from '../common-options.d.ts';

export interface RestoreExecutorOptions extends CommonOptions {
  readonly archive?: string | undefined;
  readonly output?: string | undefined;
  readonly identity?: string | undefined;
  /** A folder instead of the environment. */
  readonly to?: string | undefined;
  readonly databaseOnly?: boolean | undefined;
  readonly photosOnly?: boolean | undefined;
  readonly prefix?: string | undefined;
  readonly bucket?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly overwrite?: boolean | undefined;
  readonly resume?: boolean | undefined;
  readonly confirm?: string | undefined;
  readonly dryRun?: boolean | undefined;
}
