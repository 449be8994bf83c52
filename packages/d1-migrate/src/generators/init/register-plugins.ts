import type { Tree } from '@nx/devkit';
import { registerPlugins as register } from 'd1-core/generators';

/** The guard is an entry of its own: Nx keeps a plugin with a task hook loaded, edits unseen, for one run longer. */
const ENTRIES = ['d1-migrate/plugin', 'd1-migrate/guard'] as const;

/** Adds the plugin's entries to nx.json where they are missing, and returns those that it added. */
export const registerPlugins = (tree: Tree): readonly string[] => register(tree, ENTRIES);
