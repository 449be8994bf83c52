import { readNxJson, type Tree } from '@nx/devkit';
import { checkPluginOptions } from 'd1-core/inference';
import type { D1BackupPluginOptions } from '../../inference/options.ts';
import { PLUGIN } from '../../inference/target-table.ts';

/** The options that nx.json gives to `d1-backup/plugin`; empty where it gives none. Throws when they are wrong. */
export function readPluginOptions(tree: Tree): D1BackupPluginOptions {
  for (const entry of readNxJson(tree)?.plugins ?? []) {
    if (typeof entry === 'string' || entry.plugin !== PLUGIN.name) continue;
    const { options } = entry;
    checkPluginOptions(PLUGIN, options);
    if (isOptions(options)) return options;
  }
  return {};
}

/** `checkPluginOptions` has looked into it. */
const isOptions = (options: unknown): options is D1BackupPluginOptions =>
  typeof options === 'object' && options !== null;
