import type { Tree } from '@nx/devkit';
import { readNxJson, updateNxJson } from '../nx/index.ts';

/** Adds the entries of a plugin to nx.json where they are missing, and returns those that it added. */
export function registerPlugins(tree: Tree, entries: readonly string[]): readonly string[] {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const present = new Set(plugins.map((entry) => (typeof entry === 'string' ? entry : entry.plugin)));
  const missing = entries.filter((entry) => !present.has(entry));
  if (missing.length > 0) updateNxJson(tree, { ...nxJson, plugins: [...plugins, ...missing] });
  return missing;
}
