import { defineGenerator } from 'd1-core/command';
import { setUp, setUpOptions, type NxSite } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';
import { notTakenWarnings } from './not-taken.ts';
import { packageScripts } from './package-scripts.ts';
import { registerPlugins } from './register-plugins.ts';

/** Sets the plugin up in a workspace, as `nx add d1-migrate` does. Running it again changes nothing. */
export const initGenerator = defineGenerator({
  name: 'init',
  title: 'Set up the plugin in a workspace',
  description:
    'Registers the plugin in nx.json, and adds wrangler where it is missing. Running it again changes nothing.',
  options: setUpOptions(
    'Add the npm scripts migrate:create, migrate:dev, migrate:status, migrate:reset and those for production. Scripts that exist stay as they are.',
  ),
  examples: [{ description: 'Install the plugin and set it up' }],
  isHidden: true,
  async run(site: NxSite, options) {
    registerPlugins(site.tree);
    return setUp(site, PLUGIN, options, {
      warnings: notTakenWarnings(site),
      scripts: packageScripts,
    });
  },
});
