import { join } from 'node:path';
import type { PluginDefinition } from '../inference/index.ts';
import { errorOf, temporaryFolder, writeFiles } from '../testing/index.ts';
import { absolutePath, configBeside, findConfig, readFiles } from './files.ts';

const PLUGIN: PluginDefinition = {
  name: 'd1-backup/plugin',
  targets: [
    {
      defaultName: 'restore',
      executor: 'd1-backup:restore',
      description: 'Restores.',
      location: 'any',
      example: {},
    },
  ],
};

const WRANGLER = '[[env.production.d1_databases]]\nbinding = "DB"\n';
const ENVIRONMENTS = { production: { branches: ['main'], cleanWorkTree: true } };
const registered = (options: object, plugin = 'd1-backup/plugin') =>
  JSON.stringify({ plugins: [{ plugin, options }] });

/** What the files of a workspace say of the Worker in apps/api. */
function read(files: Readonly<Record<string, string>>) {
  const root = temporaryFolder();
  writeFiles(root, {
    'apps/api/wrangler.toml': WRANGLER,
    'apps/api/package.json': '{ "name": "api" }',
    ...files,
  });
  const { root: found, own } = readFiles(join(root, 'apps/api/wrangler.toml'), PLUGIN, { name: 'restore' });
  return { isWorkspace: found === root, own };
}

describe('of several Workers', () => {
  const plugin: PluginDefinition = {
    ...PLUGIN,
    targets: PLUGIN.targets.map((target) => ({ ...target, ownFolder: { option: 'page', folder: 'docs' } })),
  };
  const usual = (more: Readonly<Record<string, string>>) => {
    const root = temporaryFolder();
    writeFiles(root, {
      'apps/api/wrangler.toml': WRANGLER,
      'apps/api/package.json': '{ "name": "api" }',
      ...more,
    });
    return readFiles(join(root, 'apps/api/wrangler.toml'), plugin, { name: 'restore' }).usual;
  };
  const second = { 'apps/jobs/wrangler.toml': WRANGLER, 'apps/jobs/package.json': '{ "name": "jobs" }' };

  it('each has a folder of its own for what all would write, as under Nx', () => {
    expect(usual({ 'nx.json': '{}', ...second })).toEqual({ page: 'docs/api/' });
    expect(usual({ 'nx.json': '{}' })).toEqual({});
    expect(usual(second)).toEqual({});
  });
});

const refused = (files: Readonly<Record<string, string>>) => errorOf((async () => read(files))());

describe('without Nx, a run is protected as the files say', () => {
  it.each([
    ['the options of the plugin in nx.json', { 'nx.json': registered({ environments: ENVIRONMENTS }) }],
    [
      'those of another of our plugins, where nx.json has not this one',
      { 'nx.json': registered({ environments: ENVIRONMENTS, targetPrefix: 'm-' }, 'd1-migrate/plugin') },
    ],
    [
      'an nx.json that is extended',
      { 'nx.json': '{ "extends": "./base.json" }', 'base.json': registered({ environments: ENVIRONMENTS }) },
    ],
    ['an nx.json with comments', { 'nx.json': `// ours\n${registered({ environments: ENVIRONMENTS })}` }],
  ])('by %s', (_, files) => {
    expect(read(files)).toEqual({
      isWorkspace: true,
      own: { wranglerConfig: 'apps/api/wrangler.toml', settings: ENVIRONMENTS },
    });
  });

  it('by "d1" in the package.json next to the wrangler config, where there is no Nx', () => {
    const manifest = JSON.stringify({ d1: { environments: ENVIRONMENTS, database: 'DB' } });
    expect(read({ 'apps/api/package.json': manifest })).toEqual({
      isWorkspace: false,
      own: { wranglerConfig: 'wrangler.toml', settings: ENVIRONMENTS, database: 'DB' },
    });
  });

  it('by the names of its environments alone, where no file says more', () => {
    expect(read({})).toEqual({ isWorkspace: false, own: { wranglerConfig: 'wrangler.toml' } });
    expect(read({ 'nx.json': '{ "plugins": ["d1-backup/plugin"] }' }).own).not.toHaveProperty('settings');
  });

  const nxJson = registered({ environments: ENVIRONMENTS });
  const settings = { settings: { production: { protected: true } } };
  it.each([
    [
      'a broken nx.json',
      { 'nx.json': '{ "plugins": [' },
      'unreadable-settings',
      'not known what is protected',
    ],
    ['a broken project.json', { 'nx.json': nxJson, 'apps/api/project.json': '{' }, 'unreadable-settings', ''],
    [
      'a missing file that nx.json extends',
      { 'nx.json': '{ "extends": "./b.json" }' },
      'unreadable-settings',
      '',
    ],
    [
      'a misspelled environment in nx.json',
      { 'nx.json': registered({ environments: { prodution: { protected: true } } }) },
      'invalid-plugin-options',
      'environments.prodution',
    ],
    [
      'a misspelled environment in package.json',
      { 'apps/api/package.json': JSON.stringify({ d1: { environments: { prodution: {} } } }) },
      'invalid-plugin-options',
      'environments.prodution',
    ],
    [
      'a misspelled option in package.json',
      { 'apps/api/package.json': JSON.stringify({ d1: { environment: {} } }) },
      'invalid-plugin-options',
      '"environment"',
    ],
    [
      'settings in both',
      { 'nx.json': nxJson, 'apps/api/package.json': JSON.stringify({ d1: {} }) },
      'settings-twice',
      'nx.json',
    ],
    [
      'settings of the target in package.json',
      {
        'nx.json': nxJson,
        'apps/api/package.json': JSON.stringify({
          name: 'api',
          nx: { targets: { restore: { configurations: { production: settings } } } },
        }),
      },
      'settings-of-target',
      '"settings"',
    ],
    [
      'settings of the target in project.json',
      {
        'nx.json': nxJson,
        'apps/api/project.json': JSON.stringify({ targets: { restore: { options: settings } } }),
      },
      'settings-of-target',
      '"settings"',
    ],
    [
      'settings in targetDefaults',
      {
        'nx.json': JSON.stringify({
          ...JSON.parse(nxJson),
          targetDefaults: { restore: { options: settings } },
        }),
      },
      'settings-of-target',
      '"settings"',
    ],
  ])('%s stops it', async (_, files, code, message) => {
    const error = await refused(files);
    expect(error).toMatchObject({ code, exitCode: 2, message: expect.stringContaining(message) });
    if (code === 'settings-of-target') expect(error.fix).toBe('Run it with Nx: npx nx run api:restore');
  });

  it('by a setting of another Worker of the workspace, too', () => {
    const environments = { ...ENVIRONMENTS, live: { protected: true } };
    const { own } = read({
      'nx.json': registered({ environments }),
      'apps/shop/wrangler.toml': WRANGLER.replace('production', 'live'),
      'apps/shop/package.json': '{ "name": "shop" }',
    });
    expect(own.settings).toEqual(environments);
  });

  it('by the entry of nx.json that Nx asks about this Worker', () => {
    const entry = (include: string, environments: object) => ({
      plugin: 'd1-backup/plugin',
      include: [include],
      options: { environments },
    });
    const plugins = [entry('apps/shop/**', {}), entry('apps/api/**', ENVIRONMENTS)];
    expect(read({ 'nx.json': JSON.stringify({ plugins }) }).own.settings).toEqual(ENVIRONMENTS);
  });
});

describe('the wrangler config', () => {
  const root = temporaryFolder();
  writeFiles(root, { 'api/wrangler.toml': WRANGLER, 'api/other.toml': WRANGLER, 'api/src/index.ts': '' });

  it('is that of the folder, or of the next one above', () => {
    expect(findConfig(join(root, 'api'))).toBe(join(root, 'api/wrangler.toml'));
    expect(findConfig(join(root, 'api/src'))).toBe(join(root, 'api/wrangler.toml'));
  });

  it('is that which wrangler reads, whichever file of the folder is named', async () => {
    for (const path of ['api', 'api/wrangler.toml', 'api/other.toml'])
      expect(configBeside(join(root, path))).toBe(join(root, 'api/wrangler.toml'));
    const error = await errorOf((async () => configBeside(join(root, 'api/src')))());
    expect(error).toMatchObject({ code: 'no-wrangler-config', exitCode: 2 });
  });
});

it('a path is relative to where it was written, and an address is none', () => {
  const cwd = temporaryFolder();
  expect(absolutePath('a/b.zip', cwd)).toBe(join(cwd, 'a/b.zip'));
  expect(absolutePath('a/b/', cwd)).toBe(`${join(cwd, 'a/b')}/`);
  expect(absolutePath('s3://archives/d1', cwd)).toBe('s3://archives/d1');
});
