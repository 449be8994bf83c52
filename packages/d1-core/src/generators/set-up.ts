import type { GeneratorCallback } from '@nx/devkit';
import { flag, text, type OptionsOf } from '../command/index.ts';
import type { PluginDefinition } from '../inference/index.ts';
import { formatFiles } from '../nx/index.ts';
import type { Worker } from '../site/index.ts';
import { addScripts } from './add-scripts.ts';
import { addWrangler } from './add-wrangler.ts';
import { findWorkerOrWarn } from './find-worker.ts';
import type { NxSite } from './nx-site.ts';
import { scriptWarnings } from './script-warnings.ts';
import { targetDefaultsWarnings } from './target-defaults.ts';

const internal = { priority: 'internal' } as const;

/** The options of every generator that sets a plugin up. Nx shows the first: where there is no other, it is important. */
export const installOptions = (priority: 'important' | 'internal') => ({
  keepExistingVersions: flag('Leave the version of wrangler that package.json names, also an older one.', {
    priority,
    otherwise: true,
  }),
  skipPackageJson: flag('Do not add wrangler to package.json.', internal),
  skipFormat: flag('Do not format the changed files.', internal),
});

/** The options of one that can add npm scripts too. `scripts` says which npm scripts it can add. */
export const setUpOptions = (scripts: string) => ({
  updatePackageScripts: flag(scripts, { priority: 'important' }),
  project: text(
    'The project of the Worker that the npm scripts are for. Default: the only one with a D1 database.',
    { nx: { 'x-dropdown': 'projects' } },
  ),
  ...installOptions('internal'),
});

export type SetUpOptions = OptionsOf<ReturnType<typeof setUpOptions>>;

/** Finishes the set-up of a plugin that is registered: warns of what is in its way, adds scripts and wrangler. */
export async function setUp(
  { tree, log, options: plugin }: NxSite,
  definition: PluginDefinition,
  options: OptionsOf<ReturnType<typeof installOptions>> & Partial<SetUpOptions>,
  {
    warnings = [],
    scripts = () => ({}),
  }: {
    readonly warnings?: readonly string[];
    readonly scripts?: (worker: Worker) => Readonly<Record<string, string>>;
  } = {},
): Promise<GeneratorCallback> {
  for (const warning of targetDefaultsWarnings(tree, definition, plugin)) log.warn(warning);
  for (const warning of scriptWarnings(tree, definition, plugin)) log.warn(warning);
  for (const warning of warnings) log.warn(warning);
  if (options.updatePackageScripts === true) {
    const worker = findWorkerOrWarn(tree, options.project, plugin);
    const left = worker === undefined ? [] : addScripts(tree, scripts(worker));
    if (left.length > 0)
      log.warn(`package.json has other scripts of these names, and keeps them: ${left.join(', ')}.`);
  }
  const install = options.skipPackageJson ? () => undefined : addWrangler(tree, options);
  if (!options.skipFormat) await formatFiles(tree);
  return install;
}
