import { addProjectConfiguration, readJson, readNxJson, updateNxJson, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { init as initGenerator } from '../../factories.ts';

const newTree = () => createTreeWithEmptyWorkspace();
const plugins = (tree: ReturnType<typeof newTree>) => readNxJson(tree)?.plugins;

describe('init', () => {
  it('registers the plugin once, and writes a config', async () => {
    const tree = newTree();
    updateNxJson(tree, {});
    await initGenerator(tree, { skipFormat: true });
    await initGenerator(tree, { skipFormat: true });
    expect(plugins(tree)).toEqual(['d1-lint/plugin']);
    expect(readJson(tree, 'd1-lint.config.json')).toEqual({
      $schema: './node_modules/d1-lint/config.schema.json',
      preset: 'recommended',
    });
  });

  it('takes another name where a script of the Worker would be run in its place', async () => {
    const tree = newTree();
    updateNxJson(tree, {});
    addProjectConfiguration(tree, 'api', { root: 'apps/api' });
    tree.write('apps/api/wrangler.toml', '[[d1_databases]]\nbinding = "DB"\n');
    writeJson(tree, 'apps/api/package.json', { name: 'api', scripts: { lint: 'eslint .' } });
    await initGenerator(tree, { skipFormat: true });
    expect(plugins(tree)).toEqual([{ plugin: 'd1-lint/plugin', options: { targetPrefix: 'd1-' } }]);
  });

  it('takes another name where "lint" already means something', async () => {
    const withDefaults = newTree();
    updateNxJson(withDefaults, { targetDefaults: { lint: { cache: true } } });
    await initGenerator(withDefaults, { skipFormat: true });
    expect(plugins(withDefaults)).toEqual([{ plugin: 'd1-lint/plugin', options: { targetPrefix: 'd1-' } }]);

    const withEslint = newTree();
    updateNxJson(withEslint, {
      plugins: [{ plugin: '@nx/eslint/plugin', options: { targetName: 'eslint' } }],
    });
    await initGenerator(withEslint, { skipFormat: true });
    expect(plugins(withEslint)).toContain('d1-lint/plugin');
  });
});
