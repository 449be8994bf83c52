import { isObject } from '../errors/index.ts';
import type { Tree } from '@nx/devkit';
import { readNxJson } from '../nx/index.ts';
import { checkPluginOptions, type PluginDefinition, type PluginOptions } from '../inference/index.ts';

/** The options that nx.json gives to a plugin; empty where it gives none. Throws when they are wrong. */
export function readPluginOptions(tree: Tree, plugin: PluginDefinition): PluginOptions {
  for (const entry of readNxJson(tree)?.plugins ?? []) {
    if (typeof entry === 'string' || entry.plugin !== plugin.name) continue;
    const { options } = entry;
    checkPluginOptions(plugin, options);
    if (isOptions(options)) return options;
  }
  return {};
}

/** `checkPluginOptions` has looked into it. */
const isOptions = (options: unknown): options is PluginOptions => isObject(options);
