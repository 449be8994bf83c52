import { posix } from 'node:path';
import { isObject } from '../errors/index.ts';
import type { Tree } from '@nx/devkit';
import { targetName, type PluginDefinition, type PluginOptions } from '../inference/index.ts';
import { readJson } from '../nx/index.ts';
import { findWorkers } from './find-worker.ts';

/** Warns of scripts of a Worker's package.json that Nx would run in place of the targets of a plugin. */
export function scriptWarnings(
  tree: Tree,
  plugin: PluginDefinition,
  options: PluginOptions,
): readonly string[] {
  return findWorkers(tree, options).flatMap(({ wranglerConfig }) => {
    const manifest = posix.join(posix.dirname(wranglerConfig), 'package.json');
    const scripts = targetScripts(tree, manifest);
    return plugin.targets.flatMap((definition) => {
      const name = targetName(definition, options);
      if (!scripts.includes(name)) return [];
      return [
        `${manifest} has a script "${name}", which Nx runs in place of the target ${name} of ${plugin.name}. ` +
          `Give the targets other names in nx.json: "targetPrefix": "d1-" in the options of the plugin.`,
      ];
    });
  });
}

/** The scripts of a package.json that Nx takes for targets. */
export function targetScripts(tree: Tree, manifest: string): readonly string[] {
  if (!tree.exists(manifest)) return [];
  const { scripts, nx } = readJson<{ scripts?: unknown; nx?: unknown }>(tree, manifest);
  const included = isObject(nx) ? nx['includedScripts'] : undefined;
  const names = isObject(scripts) ? Object.keys(scripts) : [];
  return Array.isArray(included) ? names.filter((name) => included.includes(name)) : names;
}
