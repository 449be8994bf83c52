import type { CommonOptions } from '../common-options.d.ts';

export interface SchemaDocsExecutorOptions extends CommonOptions {
  readonly schemaFile?: string | undefined;
  readonly changelogFile?: string | undefined;
  readonly check?: boolean | undefined;
}
