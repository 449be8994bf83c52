import { addProjectConfiguration, readNxJson, type Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { init } from '../../factories.ts';

const WRANGLER_TOML = '[[env.production.d1_databases]]\nbinding = "DB"\ndatabase_name = "api"\n';

describe('the generator init', () => {
  it('registers the plugin, and changes nothing the second time', async () => {
    const tree: Tree = createTreeWithEmptyWorkspace();
    addProjectConfiguration(tree, 'api', { root: 'apps/api' });
    tree.write('apps/api/wrangler.toml', WRANGLER_TOML);
    const everything = () => tree.listChanges().map(({ path, content }) => [path, content?.toString()]);
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)?.plugins).toEqual(['d1-queries/plugin']);
    const once = everything();
    await init(tree, { skipFormat: true });
    expect(everything()).toEqual(once);
  });
});
