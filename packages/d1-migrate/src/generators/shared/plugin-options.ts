import { readNxJson, type Tree } from '@nx/devkit';
import { checkPluginOptions } from 'd1-core/inference';
import type { D1MigratePluginOptions } from '../../inference/options.ts';
import { PLUGIN } from '../../inference/target-table.ts';

/** The options that nx.json gives to `d1-migrate/plugin`; empty where it gives none. Throws when they are wrong. */
export function readPluginOptions(tree: Tree): D1MigratePluginOptions {
  for (const entry of readNxJson(tree)?.plugins ?? []) {
    if (typeof entry === 'string' || entry.plugin !== PLUGIN.name) continue;
    const { options } = entry;
    checkPluginOptions(PLUGIN, options);
    if (isOptions(options)) return options;
  }
  return {};
}

/** `checkPluginOptions` has looked into it. */
const isOptions = (options: unknown): options is D1MigratePluginOptions =>
  typeof options === 'object' && options !== null;
