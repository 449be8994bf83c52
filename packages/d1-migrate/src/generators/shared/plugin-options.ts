import { readNxJson, type Tree } from '@nx/devkit';
import { checkPluginOptions, type D1MigratePluginOptions } from '../../inference/options.ts';

/** The options that nx.json gives to `d1-migrate/plugin`; empty where it gives none. Throws when they are wrong. */
export function readPluginOptions(tree: Tree): D1MigratePluginOptions {
  for (const entry of readNxJson(tree)?.plugins ?? []) {
    if (typeof entry === 'string' || entry.plugin !== 'd1-migrate/plugin') continue;
    const { options } = entry;
    checkPluginOptions(options);
    if (isOptions(options)) return options;
  }
  return {};
}

/** `checkPluginOptions` has looked into it. */
const isOptions = (options: unknown): options is D1MigratePluginOptions =>
  typeof options === 'object' && options !== null;
