import { defineGenerator } from 'd1-core/command';
import { ignoreFolder, registerPlugins, setUp, setUpOptions, type NxSite } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';
import { packageScripts } from './package-scripts.ts';

/** Sets the plugin up in a workspace, as `nx add d1-backup` does. Running it again changes nothing. */
export const initGenerator = defineGenerator({
  name: 'init',
  title: 'Set up the plugin in a workspace',
  description:
    'Registers the plugin in nx.json, keeps archives out of git, and adds wrangler where it is missing. Running it again changes nothing.',
  options: setUpOptions(
    'Add the npm scripts backup, backup:remote, backup:photos, backup:dev and backup:validate. Scripts that exist stay as they are.',
  ),
  examples: [{ description: 'Install the plugin and set it up' }],
  isHidden: true,
  async run(site: NxSite, options) {
    registerPlugins(site.tree, [PLUGIN.name]);
    ignoreFolder(site.tree, 'backups');
    return setUp(site, PLUGIN, options, { scripts: packageScripts });
  },
});
