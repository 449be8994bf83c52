import type { Tree } from '@nx/devkit';
import { formatFiles, readNxJson } from 'd1-core/nx';
import { registerPlugins } from '../../generators/init/register-plugins.ts';

/** Adds `d1-migrate/guard` to the nx.json of a workspace that has the plugin without it. Running it again changes nothing. */
export default async function registerGuard(tree: Tree): Promise<void> {
  const plugins = readNxJson(tree)?.plugins ?? [];
  const hasPlugin = plugins.some(
    (entry) => (typeof entry === 'string' ? entry : entry.plugin) === 'd1-migrate/plugin',
  );
  if (hasPlugin && registerPlugins(tree).length > 0) await formatFiles(tree);
}
