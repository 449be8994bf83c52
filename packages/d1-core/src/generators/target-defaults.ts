import type { Tree } from '@nx/devkit';
import { readNxJson } from '../nx/index.ts';
import { targetName, type PluginDefinition, type PluginOptions } from '../inference/index.ts';

/**
 * Warns of entries of `targetDefaults` that have the name of a target of ours. Nx merges such an entry over the
 * inferred target, unless it is for another executor; an entry that is keyed by the executor wins over it.
 */
export function targetDefaultsWarnings(
  tree: Tree,
  plugin: PluginDefinition,
  options: PluginOptions,
): readonly string[] {
  const defaults: unknown = readNxJson(tree)?.targetDefaults ?? {};
  return plugin.targets.flatMap((definition) => {
    const { executor } = definition;
    const name = targetName(definition, options);
    const entry = valueOf(defaults, name);
    const entryExecutor = valueOf(entry, 'executor');
    const applies = entry !== undefined && (entryExecutor === undefined || entryExecutor === executor);
    if (!applies || valueOf(defaults, executor) !== undefined) return [];
    return [
      `targetDefaults.${name} in nx.json changes the target ${name} of ${plugin.name.replace('/plugin', '')}. Add "${executor}": {} to targetDefaults, ` +
        `which wins over it, or give the targets other names with the plugin's option targetPrefix.`,
    ];
  });
}

const valueOf = (object: unknown, key: string): unknown =>
  typeof object === 'object' && object !== null
    ? Object.entries(object).find(([name]) => name === key)?.[1]
    : undefined;
