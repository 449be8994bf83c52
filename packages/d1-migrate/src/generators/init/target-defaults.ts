import { readNxJson, type Tree } from '@nx/devkit';
import type { D1MigratePluginOptions } from '../../inference/options.ts';
import { d1Targets } from '../../inference/target-table.ts';

/**
 * Warns of entries of `targetDefaults` that have the name of a target of ours. Nx merges such an entry over the
 * inferred target, unless it is for another executor; an entry that is keyed by the executor wins over it.
 */
export function targetDefaultsWarnings(tree: Tree, options: D1MigratePluginOptions): readonly string[] {
  const defaults: unknown = readNxJson(tree)?.targetDefaults ?? {};
  return d1Targets.flatMap(({ option, defaultName, executor }) => {
    const name = options[option] ?? defaultName;
    const entry = valueOf(defaults, name);
    const entryExecutor = valueOf(entry, 'executor');
    const applies = entry !== undefined && (entryExecutor === undefined || entryExecutor === executor);
    if (!applies || valueOf(defaults, executor) !== undefined) return [];
    return [
      `targetDefaults.${name} in nx.json changes the target ${name} of d1-migrate. Add "${executor}": {} to targetDefaults, ` +
        `which wins over it, or give the target another name with the plugin's option ${option}.`,
    ];
  });
}

const valueOf = (object: unknown, key: string): unknown =>
  typeof object === 'object' && object !== null
    ? Object.entries(object).find(([name]) => name === key)?.[1]
    : undefined;
