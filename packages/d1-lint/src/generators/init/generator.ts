import { posix } from 'node:path';
import type { NxJsonConfiguration, Tree } from '@nx/devkit';
import { findWorkers, targetScripts } from 'd1-core/generators';
import { formatFiles, logger, readNxJson, updateNxJson, writeJson } from 'd1-core/nx';
import type { InitGeneratorOptions } from './schema.d.ts';

const PLUGIN = 'd1-lint/plugin';
const DEFAULT_TARGET_NAME = 'lint';
const CONFIG_FILE = 'd1-lint.config.json';

/** Registers the plugin, writes a config, and keeps the defaults of another `lint` target away from ours. */
export default async function initGenerator(tree: Tree, options: InitGeneratorOptions): Promise<void> {
  const nxJson = readNxJson(tree) ?? {};
  const plugins = nxJson.plugins ?? [];
  if (!plugins.some((plugin) => (typeof plugin === 'string' ? plugin : plugin.plugin) === PLUGIN)) {
    const targetName = options.lintTargetName ?? freeTargetName(tree, nxJson);
    updateNxJson(tree, {
      ...nxJson,
      plugins: [
        ...plugins,
        targetName === DEFAULT_TARGET_NAME
          ? PLUGIN
          : { plugin: PLUGIN, options: { lintTargetName: targetName } },
      ],
    });
    if (targetName !== DEFAULT_TARGET_NAME) {
      logger.info(
        `The target is called "${targetName}": "${DEFAULT_TARGET_NAME}" already means something here.`,
      );
    }
  }
  if (!tree.exists(CONFIG_FILE) && !tree.exists('d1-lint.config.ts')) {
    writeJson(tree, CONFIG_FILE, {
      $schema: './node_modules/d1-lint/config.schema.json',
      preset: options.preset ?? 'recommended',
    });
  }
  if (options.skipFormat !== true) await formatFiles(tree);
}

/**
 * Nx lays the target defaults of a name over our target, inputs included: a new migration would then no longer be
 * noticed. A plugin that infers the name replaces the target, or is replaced by it; so does a script of package.json.
 */
function freeTargetName(tree: Tree, { targetDefaults = {}, plugins = [] }: NxJsonConfiguration): string {
  const byEslint = plugins.some((plugin) =>
    typeof plugin === 'string'
      ? plugin === '@nx/eslint/plugin'
      : plugin.plugin === '@nx/eslint/plugin' && infersLint(plugin.options),
  );
  const byScript = findWorkers(tree, {}).some(({ wranglerConfig }) =>
    targetScripts(tree, posix.join(posix.dirname(wranglerConfig), 'package.json')).includes(
      DEFAULT_TARGET_NAME,
    ),
  );
  return DEFAULT_TARGET_NAME in targetDefaults || byEslint || byScript ? 'd1-lint' : DEFAULT_TARGET_NAME;
}

const infersLint = (options: unknown): boolean =>
  typeof options !== 'object' ||
  options === null ||
  !('targetName' in options) ||
  options.targetName === DEFAULT_TARGET_NAME;
