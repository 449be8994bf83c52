import type { CreateNodes } from '@nx/devkit';
import { isD1Error } from '../errors/index.ts';
import { checkPluginOptions } from './check-options.ts';
import { inferProjects } from './infer-projects.ts';
import { oneLine } from './one-line.ts';
import type { PluginOptions } from './plugin-options.ts';
import { withSharedEnvironments } from './shared-environments.ts';
import type { PluginDefinition } from './target-definition.ts';

/**
 * What Nx calls to infer the targets of a plugin, on every project with a wrangler config that has a D1 database. A
 * broken wrangler config still gives the targets, which say what is wrong; wrong plugin options in nx.json are an error.
 */
export function createNodesOf(plugin: PluginDefinition): CreateNodes<PluginOptions> {
  return [
    '**/wrangler.{toml,json,jsonc}',
    (configFiles, options = {}, { workspaceRoot, nxJsonConfiguration }) => {
      try {
        checkPluginOptions(plugin, options);
        const { namedInputs = {}, targetDefaults, plugins = [] } = nxJsonConfiguration;
        const workspace = { root: workspaceRoot, namedInputs, targetDefaults, plugins };
        const shared = plugin.onFiles === undefined ? withSharedEnvironments(options, plugins) : options;
        return inferProjects(plugin, configFiles, shared, workspace).map(({ root, configFile, project }) => [
          configFile,
          { projects: { [root]: project } },
        ]);
      } catch (error) {
        throw isD1Error(error) ? new Error(oneLine(error), { cause: error }) : error;
      }
    },
  ];
}
