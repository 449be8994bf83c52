import type { PluginOptions } from 'd1-core/inference';
import type { TargetNameOption } from './target-table.ts';

export type { EnvironmentOption } from 'd1-core/inference';

/** Options of `d1-backup/plugin` in nx.json, for every project with a wrangler config. */
export interface D1BackupPluginOptions
  extends PluginOptions, Readonly<Partial<Record<TargetNameOption, string>>> {}
