import { defineGenerator, flag } from 'd1-core/command';
import { ignoreFolder, registerPlugins, setUp, type NxSite } from 'd1-core/generators';
import { PLUGIN } from '../../commands/index.ts';

const internal = { priority: 'internal' } as const;

/** Sets the plugin up in a workspace, as `nx add d1-fleet` does. Running it again changes nothing. */
export const initGenerator = defineGenerator({
  name: 'init',
  title: 'Set up the plugin in a workspace',
  description:
    'Registers the plugin in nx.json, keeps what was seen of the fleets out of git, and adds wrangler where it is missing. Running it again changes nothing.',
  options: {
    keepExistingVersions: flag('Leave the version of wrangler that package.json names, also an older one.', {
      priority: 'important',
      otherwise: true,
    }),
    skipPackageJson: flag('Do not add wrangler to package.json.', internal),
    skipFormat: flag('Do not format the changed files.', internal),
  },
  examples: [{ description: 'Install the plugin and set it up' }],
  isHidden: true,
  async run(site: NxSite, options) {
    registerPlugins(site.tree, [PLUGIN.name]);
    ignoreFolder(site.tree, '.d1/fleet');
    const noScripts = { updatePackageScripts: false, project: undefined };
    return setUp(site, PLUGIN, { ...options, ...noScripts }, { scripts: () => ({}) });
  },
});
