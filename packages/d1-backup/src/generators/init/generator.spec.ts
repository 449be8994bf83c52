import { jest } from '@jest/globals';
import { addProjectConfiguration, logger, readJson, readNxJson, updateJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import type { SetUpOptions } from 'd1-core/generators';
import { init as initGenerator } from '../../factories.ts';

const WRANGLER_TOML = ['development', 'production']
  .map((name) => `[[env.${name}.d1_databases]]\nbinding = "DB"\ndatabase_name = "api-${name}"\n`)
  .join('');

function workerTree(): Tree {
  const tree = createTreeWithEmptyWorkspace();
  addProjectConfiguration(tree, 'api', { root: 'apps/api' });
  tree.write('apps/api/wrangler.toml', WRANGLER_TOML);
  return tree;
}

/** Runs the generator and gives its warnings. */
async function init(tree: Tree, options: Partial<SetUpOptions> = {}): Promise<string> {
  const warnings: string[] = [];
  const spy = jest
    .spyOn(logger, 'warn')
    .mockImplementation((text: unknown) => void warnings.push(String(text)));
  try {
    await initGenerator(tree, { skipFormat: true, ...options });
  } finally {
    spy.mockRestore();
  }
  return warnings.join('\n');
}

const scripts = (tree: Tree) => readJson<{ scripts?: object }>(tree, 'package.json').scripts;
const ignored = (tree: Tree) => tree.read('.gitignore', 'utf8');

describe('the generator init', () => {
  it('registers the plugin and keeps archives out of git', async () => {
    const tree = workerTree();
    tree.write('.gitignore', 'node_modules');
    await init(tree);
    expect(readNxJson(tree)?.plugins).toEqual(['d1-backup/plugin']);
    expect(ignored(tree)).toBe('node_modules\nbackups/\n');
    expect(scripts(tree) ?? {}).toEqual({});
  });

  it('changes nothing the second time', async () => {
    const tree = workerTree();
    const everything = () => tree.listChanges().map(({ path, content }) => [path, content?.toString()]);
    await init(tree, { updatePackageScripts: true });
    const once = everything();
    expect(await init(tree, { updatePackageScripts: true })).toBe('');
    expect(everything()).toEqual(once);
  });

  it('adds the npm scripts for the only Worker', async () => {
    const tree = workerTree();
    expect(await init(tree, { updatePackageScripts: true })).toBe('');
    expect(scripts(tree)).toEqual({
      backup: 'nx run api:backup',
      'backup:remote': 'nx run api:backup --configuration=production --mode=export',
      'backup:photos': 'nx run api:backup --photosOnly',
      'backup:dev': 'nx run api:backup --configuration=development',
      'backup:validate': 'nx run api:backup-verify',
    });
  });

  it('adds no script that would run itself, for a Worker at the root of the workspace', async () => {
    const tree = createTreeWithEmptyWorkspace();
    addProjectConfiguration(tree, 'api', { root: '.' });
    tree.write('wrangler.toml', WRANGLER_TOML);
    expect(await init(tree, { updatePackageScripts: true })).toBe('');
    expect(Object.keys(scripts(tree) ?? {})).toEqual([
      'backup:remote',
      'backup:photos',
      'backup:dev',
      'backup:validate',
    ]);
  });

  it('overwrites no script, and says which it left', async () => {
    const tree = workerTree();
    updateJson(tree, 'package.json', (json: object) => ({ ...json, scripts: { backup: 'mine' } }));
    expect(await init(tree, { updatePackageScripts: true })).toContain('keeps them: backup.');
    expect(scripts(tree)).toMatchObject({ backup: 'mine', 'backup:validate': 'nx run api:backup-verify' });
  });

  it('warns of defaults that would change its targets', async () => {
    const tree = workerTree();
    updateJson(tree, 'nx.json', (json: object) => ({ ...json, targetDefaults: { backup: { cache: true } } }));
    expect(await init(tree)).toContain('changes the target backup of d1-backup');
  });
});
