import { posix } from 'node:path';
import type { NxJsonConfiguration, Tree } from '@nx/devkit';
import { choice, defineGenerator, flag, text } from 'd1-core/command';
import { findWorkers, targetScripts, type NxSite } from 'd1-core/generators';
import { formatFiles, updateNxJson, writeJson } from 'd1-core/nx';
import { PRESETS } from '../../words.ts';

const PLUGIN = 'd1-lint/plugin';
const NAME = 'lint';
const CONFIG_FILE = 'd1-lint.config.json';

const PRESET_PROMPT = {
  message: 'Which rules are on?',
  type: 'list',
  items: [
    {
      value: 'recommended',
      label:
        'recommended: what D1 rejects or ignores, what endangers data, and policy that nearly every project wants',
    },
    { value: 'strict', label: 'strict: every rule, such as no AUTOINCREMENT and STRICT tables only' },
    { value: 'engine-only', label: 'engine-only: only what D1 rejects or ignores' },
  ],
};

/** Registers the plugin, writes a config, and keeps the defaults of another `lint` target away from ours. */
export const initGenerator = defineGenerator({
  name: 'init',
  title: 'Add the d1-lint plugin and a config file to the workspace',
  description: 'Registers the plugin in nx.json and writes d1-lint.config.json.',
  options: {
    targetPrefix: text(
      'What the name of the target begins with. Default: nothing, or d1- where another plugin or target default already has the name "lint".',
    ),
    preset: choice(PRESETS, 'Which rules are on.', {
      priority: 'important',
      otherwise: 'recommended',
      nx: { 'x-prompt': PRESET_PROMPT },
    }),
    skipFormat: flag('Do not format the files that are written.', { priority: 'internal' }),
  },
  examples: [{ description: 'Install the plugin and set it up' }],
  isHidden: true,
  async run({ tree, log, nxJson = {} }: NxSite, { targetPrefix: given, preset, skipFormat }) {
    const { plugins = [] } = nxJson;
    if (!plugins.some((plugin) => (typeof plugin === 'string' ? plugin : plugin.plugin) === PLUGIN)) {
      const targetPrefix = given ?? freePrefix(tree, nxJson);
      const entry = targetPrefix === '' ? PLUGIN : { plugin: PLUGIN, options: { targetPrefix } };
      updateNxJson(tree, { ...nxJson, plugins: [...plugins, entry] });
      if (targetPrefix !== '' && given === undefined)
        log.info(`The target is called "${targetPrefix}lint": "lint" already means something here.`);
    }
    if (!tree.exists(CONFIG_FILE) && !tree.exists('d1-lint.config.ts'))
      writeJson(tree, CONFIG_FILE, { $schema: './node_modules/d1-lint/config.schema.json', preset });
    if (!skipFormat) await formatFiles(tree);
  },
});

/**
 * Nx lays the target defaults of a name over our target, inputs included: a new migration would then no longer be
 * noticed. A plugin that infers the name replaces the target, or is replaced by it; so does a script of package.json.
 */
function freePrefix(tree: Tree, { targetDefaults = {}, plugins = [] }: NxJsonConfiguration): string {
  const byEslint = plugins.some((plugin) =>
    typeof plugin === 'string'
      ? plugin === '@nx/eslint/plugin'
      : plugin.plugin === '@nx/eslint/plugin' && infersLint(plugin.options),
  );
  const byScript = findWorkers(tree, {}).some(({ wranglerConfig }) =>
    targetScripts(tree, posix.join(posix.dirname(wranglerConfig), 'package.json')).includes(NAME),
  );
  return NAME in targetDefaults || byEslint || byScript ? 'd1-' : '';
}

const infersLint = (options: unknown): boolean =>
  typeof options !== 'object' ||
  options === null ||
  !('targetName' in options) ||
  options.targetName === NAME;
