import { jest } from '@jest/globals';
import { logger, readJson, readNxJson, updateJson, updateNxJson, writeJson, type Tree } from '@nx/devkit';
import { addWorker, workerTree } from '../../testing/worker-tree.ts';
import type { SetUpOptions } from 'd1-core/generators';
import { init as initGenerator } from '../../factories.ts';

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

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
const manifest = (tree: Tree) => readJson<Manifest>(tree, 'package.json');

describe('the generator init', () => {
  it('registers the plugin and the guard after the plugins that are there', async () => {
    const tree = workerTree();
    updateNxJson(tree, { ...readNxJson(tree), plugins: ['@nx/js'] });
    await init(tree);
    expect(readNxJson(tree)?.plugins).toEqual(['@nx/js', 'd1-migrate/plugin', 'd1-migrate/guard']);
  });

  it('knows an entry with options', async () => {
    const tree = workerTree();
    const entry = { plugin: 'd1-migrate/plugin', options: { targetPrefix: 'd1-' } };
    updateNxJson(tree, { ...readNxJson(tree), plugins: [entry] });
    await init(tree);
    expect(readNxJson(tree)?.plugins).toEqual([entry, 'd1-migrate/guard']);
  });

  it('changes nothing the second time', async () => {
    const tree = workerTree();
    const everything = () => tree.listChanges().map(({ path, content }) => [path, content?.toString()]);
    await init(tree, { updatePackageScripts: true });
    const once = everything();
    expect(await init(tree, { updatePackageScripts: true })).toBe('');
    expect(everything()).toEqual(once);
  });

  it('adds wrangler for development, and no scripts unless asked', async () => {
    const tree = workerTree();
    await init(tree);
    expect(manifest(tree).devDependencies?.['wrangler']).toMatch(/^\^4\./);
    expect(manifest(tree).scripts ?? {}).toEqual({});
  });

  it.each(['dependencies', 'devDependencies'] as const)('keeps the wrangler of %s', async (kind) => {
    const tree = workerTree();
    updateJson(tree, 'package.json', (json: object) => ({ ...json, [kind]: { wrangler: '4.33.2' } }));
    await init(tree);
    expect(manifest(tree)[kind]).toEqual({ wrangler: '4.33.2' });
    await init(tree, { keepExistingVersions: false });
    expect(manifest(tree)[kind]?.['wrangler']).not.toBe('4.33.2');
    const { dependencies, devDependencies } = manifest(tree);
    expect(
      [dependencies?.['wrangler'], devDependencies?.['wrangler']].filter((version) => version),
    ).toHaveLength(1);
  });

  it('leaves package.json alone with skipPackageJson', async () => {
    const tree = workerTree();
    const before = tree.read('package.json', 'utf8');
    await init(tree, { skipPackageJson: true });
    expect(tree.read('package.json', 'utf8')).toBe(before);
  });

  it('adds the npm scripts for the only Worker', async () => {
    const tree = workerTree();
    expect(await init(tree, { updatePackageScripts: true })).toBe('');
    expect(manifest(tree).scripts).toEqual({
      'migrate:create': 'nx g d1-migrate:migration',
      'migrate:dev': 'nx run api:migrate',
      'migrate:prod': 'nx run api:migrate --configuration=production',
      'migrate:status': 'nx run api:status',
      'migrate:status:prod': 'nx run api:status --configuration=production',
      'migrate:reset': 'nx run api:reset',
    });
  });

  it('uses the prefix that the plugin options give to the targets', async () => {
    const tree = workerTree();
    const entry = { plugin: 'd1-migrate/plugin', options: { targetPrefix: 'd1-' } };
    updateNxJson(tree, { ...readNxJson(tree), plugins: [entry] });
    await init(tree, { updatePackageScripts: true });
    expect(manifest(tree).scripts?.['migrate:dev']).toBe('nx run api:d1-migrate');
  });

  it('overwrites no script, and says which it left', async () => {
    const tree = workerTree();
    updateJson(tree, 'package.json', (json: object) => ({
      ...json,
      scripts: { 'migrate:dev': 'mine', test: 'jest' },
    }));
    expect(await init(tree, { updatePackageScripts: true })).toContain('keeps them: migrate:dev.');
    expect(manifest(tree).scripts).toMatchObject({
      'migrate:dev': 'mine',
      test: 'jest',
      'migrate:reset': 'nx run api:reset',
    });
  });

  it('adds no scripts for production where there is no protected environment', async () => {
    const tree = workerTree('[[d1_databases]]\nbinding = "DB"\ndatabase_name = "x"\n');
    await init(tree, { updatePackageScripts: true });
    expect(Object.keys(manifest(tree).scripts ?? {})).not.toContain('migrate:prod');
  });

  it('says for which project to run it again when there are several Workers', async () => {
    const tree = workerTree();
    addWorker(tree, 'shop');
    expect(await init(tree, { updatePackageScripts: true })).toContain('--project=api or --project=shop');
    expect(readNxJson(tree)?.plugins).toContain('d1-migrate/plugin');
    await init(tree, { updatePackageScripts: true, project: 'shop' });
    expect(manifest(tree).scripts).toMatchObject({
      'migrate:create': 'nx g d1-migrate:migration --project=shop',
      'migrate:dev': 'nx run shop:migrate',
    });
  });

  it('warns of SQL files that wrangler does not apply, once for the environments that share them', async () => {
    const tree = workerTree();
    tree.write('migrations/20240101_a/migration.sql', 'CREATE TABLE a (x);');
    const warning = await init(tree);
    expect(warning.match(/wrangler does not apply an SQL file/g)).toHaveLength(1);
    expect(warning).toContain('migrations_pattern = "../../migrations/*/migration.sql"');
  });

  it('warns of scripts that Nx would run in place of its targets, and of no others', async () => {
    const tree = workerTree();
    writeJson(tree, 'apps/api/package.json', {
      name: 'api',
      scripts: { deploy: 'wrangler deploy', test: 'jest' },
    });
    const warning = await init(tree);
    expect(warning).toContain('apps/api/package.json has a script "deploy"');
    expect(warning).toContain('"targetPrefix": "d1-"');
    expect(warning.match(/has a script/g)).toHaveLength(1);
    updateJson(tree, 'apps/api/package.json', (json: object) => ({
      ...json,
      nx: { includedScripts: ['test'] },
    }));
    expect(await init(tree)).toBe('');
  });

  it('warns of target defaults that would change its targets, and of no others', async () => {
    const tree = workerTree();
    updateNxJson(tree, {
      ...readNxJson(tree),
      targetDefaults: {
        migrate: { cache: true },
        status: { executor: 'nx:run-commands' },
        reset: { cache: true },
        'd1-migrate:reset': {},
        build: { cache: true },
      },
    });
    const warnings = await init(tree);
    expect(warnings).toContain('targetDefaults.migrate');
    expect(warnings).toContain('"d1-migrate:migrate": {}');
    expect(warnings).toContain('targetPrefix');
    expect(warnings).not.toMatch(/targetDefaults\.(status|reset|build)/);
  });
});
