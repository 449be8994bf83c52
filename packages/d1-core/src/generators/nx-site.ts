import type { GeneratorCallback, Tree } from '@nx/devkit';
import { runGenerator, type Generator, type OptionEntries } from '../command/index.ts';
import type { D1Binding } from '../environment/index.ts';
import { atDoor, type Entrance } from '../door/index.ts';
import { D1Error } from '../errors/index.ts';
import { targetName, type PluginDefinition, type PluginOptions } from '../inference/index.ts';
import { logger, readNxJson } from '../nx/index.ts';
import { migrationsFolder, type Site } from '../site/index.ts';
import { findWorker, findWorkers } from './find-worker.ts';
import { readPluginOptions } from './plugin-options.ts';
import { withReadableErrors } from './readable-errors.ts';

/** A workspace of Nx. */
export interface NxSite extends Site {
  readonly tree: Tree;
  readonly options: PluginOptions;
}

/** The workspace in which Nx runs a generator of a plugin. */
export function nxSite(tree: Tree, plugin: PluginDefinition): NxSite {
  const site: NxSite = {
    tree,
    // Read when they are needed: a generator may have registered the plugin before.
    get options() {
      return readPluginOptions(tree, plugin);
    },
    log: logger,
    get nxJson() {
      return readNxJson(tree) ?? {};
    },
    findWorker: (project) => findWorker(tree, project, site.options),
    findWorkers: () => findWorkers(tree, site.options),
    migrationsFolder(database) {
      const folder = migrationsFolder(tree, database);
      if (folder === '..' || folder.startsWith('../')) throw outsideWorkspace(database);
      return folder;
    },
  };
  return site;
}

/** What generators.json names: Nx calls it with the options as it has read them. */
export const factoryOf =
  <Entries extends OptionEntries>(plugin: PluginDefinition, generator: Generator<Entries, NxSite>) =>
  (tree: Tree, given: object): Promise<GeneratorCallback | void> =>
    withReadableErrors(async () => {
      const site = nxSite(tree, plugin);
      const entrance = entranceOf(site, plugin, given);
      const afterwards = await atDoor(entrance, () => runGenerator(generator, site, given, process.argv));
      return afterwards && (() => atDoor(entrance, afterwards));
    });

/** What is said there of targets of other plugins is for a terminal. */
function entranceOf(site: NxSite, { targets }: PluginDefinition, given: object): Entrance {
  const { project, database } = Object.fromEntries(
    Object.entries(given).filter(([, value]) => typeof value === 'string'),
  );
  const [worker, another] = site.findWorkers();
  return {
    door: {
      kind: 'nx',
      project: worker === undefined || another !== undefined ? '<project>' : worker.project,
      targets: Object.fromEntries(targets.map((one) => [one.executor, targetName(one, site.options)])),
    },
    where: { project, database },
  };
}

const outsideWorkspace = ({ migrationsDir, binding }: D1Binding): D1Error =>
  new D1Error({
    code: 'folder-outside-workspace',
    message: `The migrations folder of ${binding}, ${migrationsDir}, is outside the workspace.`,
    fix: 'Set migrations_dir in the wrangler config to a folder of the workspace; it is relative to the config.',
    exitCode: 2,
  });
