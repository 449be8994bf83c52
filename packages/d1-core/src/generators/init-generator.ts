import { defineGenerator } from '../command/index.ts';
import type { PluginDefinition } from '../inference/index.ts';
import type { NxSite } from './nx-site.ts';
import { registerPlugins } from './register-plugins.ts';
import { installOptions, setUp } from './set-up.ts';

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
    options: installOptions('important'),
    examples: [{ description: 'Install the plugin and set it up' }],
    isHidden: true,
    async run(site: NxSite, options) {
      registerPlugins(site.tree, [plugin.name]);
      prepare(site);
      return setUp(site, plugin, options);
    },
  });
