import type { CreateNodesContext } from '@nx/devkit';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createNodes, createNodesV2 } from './plugin.ts';
import type { TargetDefinition } from 'd1-core/inference';
import { PLUGIN } from './commands/index.ts';
import type { D1MigratePluginOptions } from './plugin.ts';

let workspaceRoot: string;
beforeEach(() => {
  workspaceRoot = mkdtempSync(join(tmpdir(), 'd1-plugin-'));
});
afterEach(() => rmSync(workspaceRoot, { recursive: true }));

function write(path: string, text = '{}'): void {
  const file = join(workspaceRoot, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function worker(folder: string, config: string, name = 'wrangler.toml'): string {
  write(`${folder}/package.json`, JSON.stringify({ name: folder.split('/').at(-1) }));
  write(`${folder}/${name}`, config);
  return `${folder}/${name}`;
}

const nodesOf = async (
  files: readonly string[],
  options?: D1MigratePluginOptions,
  nxJsonConfiguration: CreateNodesContext['nxJsonConfiguration'] = {},
) => createNodes[1](files, options, { workspaceRoot, nxJsonConfiguration });

async function projectsOf(...args: Parameters<typeof nodesOf>) {
  const nodes = await nodesOf(...args);
  return Object.assign({}, ...nodes.map(([, result]) => result.projects));
}

/** The schema in the source folder of an executor that executors.json lists. */
function readExecutorSchema(executor: string): { properties: object } {
  const folder = join(import.meta.dirname, '..');
  const { executors } = JSON.parse(readFileSync(join(folder, 'executors.json'), 'utf8'));
  const path: string = executors[executor.replace('d1-migrate:', '')].schema;
  return JSON.parse(readFileSync(join(folder, path.replace('/dist/', '/src/')), 'utf8'));
}

const top = '[[d1_databases]]\nbinding = "DB"\nmigrations_dir = "../../migrations"\n';
const staging = '[[env.staging.d1_databases]]\nbinding = "DB"\n';
const production = '[[env.production.d1_databases]]\nbinding = "DB"\nmigrations_dir = "../../migrations"\n';
/** As the table has them: which targets there are is said there alone. */
const definitions: readonly TargetDefinition[] = PLUGIN.targets;
const names = definitions.map(({ defaultName }) => defaultName);

describe('createNodes', () => {
  it('infers the D1 targets with one configuration for each environment', async () => {
    const file = worker('apps/workers', top + staging + production);
    expect(await nodesOf([file])).toEqual([
      [
        'apps/workers/wrangler.toml',
        {
          projects: {
            'apps/workers': {
              name: 'workers',
              metadata: { targetGroups: { D1: names } },
              targets: {
                migrate: {
                  executor: 'd1-migrate:migrate',
                  options: { wranglerConfig: 'apps/workers/wrangler.toml' },
                  configurations: {
                    development: { environment: 'development' },
                    staging: { environment: 'staging' },
                    production: { environment: 'production' },
                  },
                  defaultConfiguration: 'development',
                  cache: false,
                  parallelism: false,
                  inputs: [
                    '{workspaceRoot}/apps/workers/migrations/**/*.{sql,SQL}',
                    '{workspaceRoot}/migrations/**/*.{sql,SQL}',
                    '{workspaceRoot}/apps/workers/wrangler.toml',
                    '^default',
                  ],
                  metadata: {
                    technologies: ['cloudflare', 'd1'],
                    description: 'Apply the pending D1 migrations to an environment',
                    help: {
                      command: 'npx nx run workers:migrate --help',
                      example: { options: { environment: 'staging' } },
                    },
                  },
                },
                ...Object.fromEntries(
                  definitions
                    .slice(1)
                    .map(({ defaultName, executor }) => [defaultName, expect.objectContaining({ executor })]),
                ),
              },
            },
          },
        },
      ],
    ]);
  });

  it('gives every target the identical configurations, so that dependencies run in the same environment', async () => {
    const file = worker('apps/workers', top + production);
    const { targets } = (await projectsOf([file]))['apps/workers'];
    for (const { defaultName: name, outputs } of definitions) {
      if (outputs === undefined) expect(targets[name]).toMatchObject({ cache: false, parallelism: false });
      expect(targets[name].configurations).toEqual(targets.migrate.configurations);
    }
  });

  it('runs before deploy what reads files alone, under the names that it has', async () => {
    const file = worker('apps/workers', top + production);
    const options = { targetPrefix: 'd1-' };
    const plugins = ['d1-lint/plugin', { plugin: 'd1-backup/plugin' }];
    const { targets } = (await projectsOf([file], options, { plugins }))['apps/workers'];
    expect(targets['d1-deploy'].dependsOn).toEqual(['lint', 'd1-validate']);
    expect(targets['d1-validate'].dependsOn).toEqual(['lint']);
    expect(targets['d1-migrate']).not.toHaveProperty('dependsOn');
  });

  it('gives several Workers, and several databases, files of their own', async () => {
    const logs = '[[d1_databases]]\nbinding = "LOGS"\n';
    const one = worker('apps/site', top);
    const alone = (await projectsOf([one]))['apps/site'].targets;
    expect(alone.plan.options).not.toHaveProperty('output');
    expect(alone['schema-docs'].outputs).toContain('{workspaceRoot}/docs/schema.md');
    const both = await projectsOf([one, worker('apps/jobs', top + logs)]);
    const { options, outputs } = both['apps/jobs'].targets['schema-docs'];
    expect(options.schemaFile).toMatch(/^docs\/[\w-]+\/$/);
    expect(outputs).toEqual(
      expect.arrayContaining([
        `{workspaceRoot}/${options.schemaFile}schema-DB.md`,
        `{workspaceRoot}/${options.schemaFile}schema-LOGS.md`,
      ]),
    );
    expect(outputs).not.toContain('{workspaceRoot}/docs/schema.md');
  });

  it('follows the targets of the other plugins to their new names, and depends on none that is not of a D1 plugin', async () => {
    const file = worker('apps/workers', top + production);
    const plugins = [{ plugin: 'd1-lint/plugin', options: { targetPrefix: 'd1-' } }];
    const { targets } = (await projectsOf([file], {}, { plugins }))['apps/workers'];
    expect(targets.deploy.dependsOn).toEqual(['d1-lint', 'validate']);
    expect(targets.validate.dependsOn).toEqual(['d1-lint']);
    const alone = (await projectsOf([file]))['apps/workers'].targets;
    expect(alone.deploy.dependsOn).toEqual(['validate']);
    expect(alone.validate.dependsOn).toEqual([]);
  });

  it.each([
    ['development', top + staging, 'development'],
    ['the first local environment', `${staging}[[env.test.d1_databases]]\nbinding = "DB"\n`, 'test'],
    ['nothing, rather than something remote', production, undefined],
  ])('runs by default in %s', async (_, config, expected) => {
    const file = worker('apps/workers', config);
    const { targets } = (await projectsOf([file]))['apps/workers'];
    expect(targets.migrate.defaultConfiguration).toBe(expected);
    expect(targets.reset.defaultConfiguration).toBe(expected);
  });

  it('uses the named input production when the workspace has it', async () => {
    const file = worker('apps/workers', top);
    const projects = await projectsOf([file], {}, { namedInputs: { production: [] } });
    expect(projects['apps/workers'].targets.status.inputs.at(-1)).toBe('^production');
  });

  it('leaves out a migrations folder outside of the workspace, which Nx cannot watch', async () => {
    const file = worker('apps/workers', top.replace('../../', '../../../'));
    expect((await projectsOf([file]))['apps/workers'].targets.migrate.inputs).toEqual([
      '{workspaceRoot}/apps/workers/wrangler.toml',
      '^default',
    ]);
  });

  it('works for a Worker at the root of the workspace', async () => {
    write('project.json', '{ "name": "root" }');
    write('wrangler.toml', '[[d1_databases]]\nbinding = "DB"\n');
    const { targets } = (await projectsOf(['wrangler.toml']))['.'];
    expect(targets.migrate.options).toEqual({ wranglerConfig: 'wrangler.toml' });
    expect(targets.migrate.inputs[0]).toBe('{workspaceRoot}/migrations/**/*.{sql,SQL}');
    expect(targets.migrate.metadata.help.command).toBe('npx nx run root:migrate --help');
  });

  it('takes options for names, environments, database and local state', async () => {
    const file = worker('apps/workers', top);
    const environments = { production: { wranglerEnv: '', location: 'remote' } } as const;
    const options = {
      targetPrefix: 'd1-',
      environments,
      database: 'DB',
      persistTo: '.wrangler/state',
    };
    const { targets, metadata } = (await projectsOf([file], options))['apps/workers'];
    expect(metadata.targetGroups.D1).toEqual(names.map((name) => `d1-${name}`));
    expect(targets['d1-migrate'].options).toEqual({
      wranglerConfig: 'apps/workers/wrangler.toml',
      settings: environments,
      database: 'DB',
      persistTo: '.wrangler/state',
    });
    expect(Object.keys(targets['d1-reset'].configurations)).toEqual(['development', 'production']);
  });

  it.each(names)('passes only options that the executor of %s has', async (name) => {
    const file = worker('apps/workers', top);
    const environments = { development: { protected: true } };
    const projects = await projectsOf([file], { environments, database: 'DB', persistTo: '.wrangler/state' });
    const target: { executor: string; options: object; configurations: object } =
      projects['apps/workers'].targets[name];
    const schema = readExecutorSchema(target.executor);
    const { development } = { development: {}, ...target.configurations };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining([...Object.keys(target.options), ...Object.keys(development)]),
    );
  });

  it('reads only the config that wrangler would read', async () => {
    const files = [worker('apps/workers', production), worker('apps/workers', '{}', 'wrangler.jsonc')];
    expect(await nodesOf(files)).toEqual([]);
    write('apps/workers/wrangler.json', '{ "d1_databases": [{ "binding": "DB" }] }');
    const [node] = await nodesOf([...files, 'apps/workers/wrangler.json']);
    expect(node?.[0]).toBe('apps/workers/wrangler.json');
  });

  it.each(['apps/workers/node_modules/x', 'apps/workers/.wrangler/deploy', 'dist/apps/workers'])(
    'passes over a config in %s',
    async (folder) => {
      expect(await nodesOf([worker(folder, top)])).toEqual([]);
    },
  );

  it('gives a name to a project whose manifest has none, without which Nx would give up', async () => {
    const file = worker('examples/nameless', top);
    write('examples/nameless/package.json', '{ "private": true }');
    expect(await nodesOf([file])).toMatchObject([
      [file, { projects: { 'examples/nameless': { name: 'nameless' } } }],
    ]);
  });

  it('passes over folders that are no projects, and configs without a D1 database', async () => {
    write('docs/wrangler.toml', top);
    const empty = worker('apps/site', 'name = "site"');
    expect(await nodesOf(['docs/wrangler.toml', empty])).toEqual([]);
  });

  it.each([
    [
      'wrangler.toml',
      'name = oops\n',
      'Cannot run: wrangler.toml is not valid TOML: invalid value in line 1,',
    ],
    [
      'wrangler.jsonc',
      '{ "name" }',
      'Cannot run: wrangler.jsonc is not valid JSON: ColonExpected in line 1,',
    ],
    ['wrangler.toml', '[d1_databases]\n', 'Cannot run: d1_databases of wrangler.toml must be a list,'],
  ])(
    'keeps the targets of a broken %s, without configurations and with the reason',
    async (name, text, reason) => {
      const files = [worker('apps/broken', text, name), worker('apps/workers', top)];
      const projects = await projectsOf(files);
      expect(Object.keys(projects)).toEqual(['apps/broken', 'apps/workers']);
      const { targets } = projects['apps/broken'];
      expect(Object.keys(targets)).toEqual(names);
      for (const { defaultName: target, executor } of definitions) {
        expect(targets[target]).toMatchObject({ executor });
        expect(targets[target].options).toMatchObject({ wranglerConfig: `apps/broken/${name}` });
        expect(targets[target]).not.toHaveProperty('configurations');
        expect(targets[target].metadata.description).toContain(reason);
        expect(targets[target].metadata.description).not.toContain('\n');
      }
    },
  );

  it.each<[string, object, string]>([
    ['an unknown option', { migrateTarget: 'x' }, 'has no option "migrateTarget". '],
    ['a misspelled option', { targetPrefx: 'x' }, 'Did you mean "targetPrefix"? Known: targetPrefix,'],
    ['a wrong type', { database: 1 }, 'The option database of the plugin d1-migrate/plugin must be a text.'],
    ['an empty prefix', { targetPrefix: '' }, 'The option targetPrefix of'],
    [
      'the name of a single target',
      { statusTargetName: 'd1-status' },
      'has no option "statusTargetName" any more: its targets have one prefix in common. Write "targetPrefix": "d1-" in nx.json',
    ],
    [
      'a list of environments',
      { environments: [] },
      'The option environments of the plugin d1-migrate/plugin must be',
    ],
    ['a text as environment', { environments: { qa: 'remote' } }, 'The option environments.qa of'],
    ['an unknown key', { environments: { qa: { remote: true } } }, 'has no key of environments.qa "remote"'],
    ['a wrong location', { environments: { qa: { location: 'here' } } }, 'must be "local" or "remote".'],
    ['a wrong protection', { environments: { qa: { protected: 'yes' } } }, 'must be true or false.'],
    [
      'a wrong wranglerEnv',
      { environments: { qa: { wranglerEnv: null } } },
      'must be a text, "" for the top level.',
    ],
    [
      'branches that are no list',
      { environments: { qa: { branches: 'main' } } },
      'must be a list of branches',
    ],
    [
      'a wrong work tree',
      { environments: { qa: { cleanWorkTree: 1 } } },
      'The option environments.qa.cleanWorkTree',
    ],
    ['an empty audit file', { environments: { qa: { auditFile: '' } } }, 'must be the path of a file.'],
    [
      'an environment that no config has',
      { environments: { producton: { protected: true } } },
      'applies to no environment with a D1 database. Did you mean "production"?',
    ],
  ])('stops at %s in the plugin options', async (_, options, message) => {
    const file = worker('apps/workers', top + production);
    await expect(nodesOf([file], JSON.parse(JSON.stringify(options)))).rejects.toThrow(message);
  });

  it('accepts a setting for an environment that only one of the Workers has, or a broken one may have', async () => {
    const files = [worker('apps/a', top), worker('apps/b', staging)];
    const options = { environments: { staging: { protected: true } } };
    expect(await nodesOf(files, options)).toHaveLength(2);
    expect(await nodesOf([worker('apps/b', 'oops'), worker('apps/a', top)], options)).toHaveLength(2);
    expect(await nodesOf([], options)).toEqual([]);
  });

  it('has the older name too', () => {
    expect(createNodesV2).toBe(createNodes);
  });
});
