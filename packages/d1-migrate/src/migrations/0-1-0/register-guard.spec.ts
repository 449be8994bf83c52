import { readNxJson, updateNxJson, type NxJsonConfiguration, type Tree } from '@nx/devkit';
import { workerTree } from '../../testing/worker-tree.ts';
import registerGuard from './register-guard.ts';

function treeWith(plugins: NonNullable<NxJsonConfiguration['plugins']>): Tree {
  const tree = workerTree();
  updateNxJson(tree, { ...readNxJson(tree), plugins });
  return tree;
}

describe('the code migration of 0.1.0', () => {
  it('registers the guard where the plugin is, and keeps the options', async () => {
    const plugin = { plugin: 'd1-migrate/plugin', options: { database: 'DB' } };
    const tree = treeWith([plugin, '@nx/js']);
    await registerGuard(tree);
    expect(readNxJson(tree)?.plugins).toEqual([plugin, '@nx/js', 'd1-migrate/guard']);
  });

  it('changes nothing the second time', async () => {
    const tree = treeWith(['d1-migrate/plugin']);
    await registerGuard(tree);
    const once = readNxJson(tree);
    await registerGuard(tree);
    expect(readNxJson(tree)).toEqual(once);
  });

  it('leaves a workspace alone that does not use the plugin', async () => {
    const tree = treeWith(['@nx/js']);
    await registerGuard(tree);
    expect(readNxJson(tree)?.plugins).toEqual(['@nx/js']);
  });
});
