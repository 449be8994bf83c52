import {
  addDependenciesToPackageJson,
  formatFiles,
  logger,
  readJson,
  type GeneratorCallback,
  type Tree,
} from '@nx/devkit';
import { isD1Error } from 'd1-core/errors';
import { findWorker, type Worker } from '../shared/find-worker.ts';
import { readPluginOptions } from '../shared/plugin-options.ts';
import { withReadableErrors } from '../shared/readable-errors.ts';
import { addScripts, packageScripts } from './package-scripts.ts';
import { registerPlugins } from './register-plugins.ts';
import type { InitGeneratorSchema } from './schema.d.ts';
import { targetDefaultsWarnings } from './target-defaults.ts';
import { WRANGLER_VERSION } from './versions.ts';

/** Sets the plugin up in a workspace, as `nx add d1-migrate` does. Running it again changes nothing. */
export default function initGenerator(tree: Tree, options: InitGeneratorSchema): Promise<GeneratorCallback> {
  return withReadableErrors(async () => {
    registerPlugins(tree);
    const plugin = readPluginOptions(tree);
    for (const warning of targetDefaultsWarnings(tree, plugin)) logger.warn(warning);
    if (options.updatePackageScripts === true) {
      const worker = workerOrWarning(tree, options.project);
      const left =
        worker === undefined
          ? []
          : addScripts(tree, packageScripts(worker, plugin, options.project !== undefined));
      if (left.length > 0)
        logger.warn(`package.json has other scripts of these names, and keeps them: ${left.join(', ')}.`);
    }
    const install = options.skipPackageJson === true ? () => undefined : addWrangler(tree, options);
    if (options.skipFormat !== true) await formatFiles(tree);
    return install;
  });
}

/** Scripts are for one project; a workspace without a Worker, or with several, gets them later. */
function workerOrWarning(tree: Tree, project: string | undefined): Worker | undefined {
  try {
    return findWorker(tree, project, readPluginOptions(tree));
  } catch (error) {
    if (!isD1Error(error)) throw error;
    logger.warn(`No npm scripts were added. ${error.message} ${error.fix}`);
    return undefined;
  }
}

/** An existing version stays, unless told otherwise and it is older. */
function addWrangler(tree: Tree, { keepExistingVersions = true }: InitGeneratorSchema): GeneratorCallback {
  const { dependencies = {} } = readJson<{ dependencies?: Record<string, string> }>(tree, 'package.json');
  const wrangler = { wrangler: WRANGLER_VERSION };
  const isDependency = 'wrangler' in dependencies;
  return addDependenciesToPackageJson(
    tree,
    isDependency ? wrangler : {},
    isDependency ? {} : wrangler,
    undefined,
    keepExistingVersions,
  );
}
