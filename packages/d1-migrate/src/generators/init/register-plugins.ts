import { readNxJson, updateNxJson, type Tree } from '@nx/devkit';

/** The guard is an entry of its own: Nx keeps a plugin with a task hook loaded, edits unseen, for one run longer. */
const ENTRIES = ['d1-migrate/plugin', 'd1-migrate/guard'] as const;

/** Adds the plugin's entries to nx.json where they are missing, and gives those that it added. */
export function registerPlugins(tree: Tree): readonly string[] {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  const present = new Set(plugins.map((entry) => (typeof entry === 'string' ? entry : entry.plugin)));
  const missing = ENTRIES.filter((entry) => !present.has(entry));
  if (missing.length > 0) updateNxJson(tree, { ...nxJson, plugins: [...plugins, ...missing] });
  return missing;
}
