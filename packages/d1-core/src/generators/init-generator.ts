import { defineGenerator, flag } from '../command/index.ts';
import type { PluginDefinition } from '../inference/index.ts';
import type { NxSite } from './nx-site.ts';
import { registerPlugins } from './register-plugins.ts';
import { setUp } from './set-up.ts';

const internal = { priority: 'internal' } as const;

/** The generator that sets up a plugin with nothing to ask, as `nx add` runs it. Running it again changes nothing. */
export const initGeneratorOf = (
  plugin: PluginDefinition,
  prepare: (site: NxSite) => void = () => undefined,
) =>
  defineGenerator({
    name: 'init',
    title: 'Set up the plugin in a workspace',
    description:
      'Registers the plugin in nx.json, and adds wrangler where it is missing. Running it again changes nothing.',
    options: {
      keepExistingVersions: flag(
        'Leave the version of wrangler that package.json names, also an older one.',
        { priority: 'important', otherwise: true },
      ),
      skipPackageJson: flag('Do not add wrangler to package.json.', internal),
      skipFormat: flag('Do not format the changed files.', internal),
    },
    examples: [{ description: 'Install the plugin and set it up' }],
    isHidden: true,
    async run(site: NxSite, options) {
      registerPlugins(site.tree, [plugin.name]);
      prepare(site);
      const noScripts = { updatePackageScripts: false, project: undefined };
      return setUp(site, plugin, { ...options, ...noScripts }, { scripts: () => ({}) });
    },
  });
