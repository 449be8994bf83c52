import type { GeneratorCallback, Tree } from '@nx/devkit';
import { formatFiles, logger } from 'd1-core/nx';
import {
  addScripts,
  addWrangler,
  findWorkerOrWarn,
  readPluginOptions,
  scriptWarnings,
  targetDefaultsWarnings,
  withReadableErrors,
} from 'd1-core/generators';
import { notTakenWarnings } from './not-taken.ts';
import { PLUGIN } from '../../commands/index.ts';
import { packageScripts } from './package-scripts.ts';
import { registerPlugins } from './register-plugins.ts';
import type { InitGeneratorSchema } from './schema.d.ts';

/** Sets the plugin up in a workspace, as `nx add d1-migrate` does. Running it again changes nothing. */
export default function initGenerator(tree: Tree, options: InitGeneratorSchema): Promise<GeneratorCallback> {
  return withReadableErrors(async () => {
    registerPlugins(tree);
    const plugin = readPluginOptions(tree, PLUGIN);
    for (const warning of targetDefaultsWarnings(tree, PLUGIN, plugin)) logger.warn(warning);
    for (const warning of scriptWarnings(tree, PLUGIN, plugin)) logger.warn(warning);
    for (const warning of notTakenWarnings(tree, plugin)) logger.warn(warning);
    if (options.updatePackageScripts === true) {
      const worker = findWorkerOrWarn(tree, options.project, plugin);
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
