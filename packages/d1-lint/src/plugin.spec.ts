import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createNodes } from './plugin.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'd1-lint-plugin-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: object): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), JSON.stringify(content));
}

const database = {
  binding: 'DB',
  database_name: 'main',
  database_id: 'x',
  migrations_dir: '../../migrations',
};

const infer = (files: readonly string[], options: object = {}) =>
  createNodes[1](
    files,
    { ...options },
    {
      workspaceRoot: root,
      nxJsonConfiguration: { namedInputs: { production: [] } },
    },
  );

describe('the plugin', () => {
  it('infers a cacheable target that notices migrations, config and other versions', async () => {
    await write('apps/api/package.json', { name: 'api' });
    await write('apps/api/wrangler.json', { env: { production: { d1_databases: [database] } } });
    await write('node_modules/wrangler/package.json', { name: 'wrangler' });
    expect(await infer(['apps/api/wrangler.json'])).toEqual([
      [
        'apps/api/wrangler.json',
        {
          projects: {
            'apps/api': {
              name: 'api',
              metadata: { targetGroups: { D1: ['lint'] } },
              targets: {
                lint: {
                  executor: 'd1-lint:lint',
                  options: { wranglerConfig: 'apps/api/wrangler.json' },
                  cache: true,
                  inputs: [
                    '{workspaceRoot}/migrations/**/*.{sql,SQL}',
                    '{workspaceRoot}/apps/api/wrangler.json',
                    '^production',
                    '{workspaceRoot}/apps/api/d1-lint.config.json',
                    '{workspaceRoot}/apps/api/d1-lint.config.ts',
                    '{workspaceRoot}/apps/api/.d1-lint-accepted.json',
                    '{workspaceRoot}/apps/api/.d1-lint-baseline.json',
                    '{workspaceRoot}/apps/d1-lint.config.json',
                    '{workspaceRoot}/apps/d1-lint.config.ts',
                    '{workspaceRoot}/apps/.d1-lint-accepted.json',
                    '{workspaceRoot}/apps/.d1-lint-baseline.json',
                    '{workspaceRoot}/d1-lint.config.json',
                    '{workspaceRoot}/d1-lint.config.ts',
                    '{workspaceRoot}/.d1-lint-accepted.json',
                    '{workspaceRoot}/.d1-lint-baseline.json',
                    { env: 'D1_LINT_RUN' },
                    { env: 'GITHUB_ACTIONS' },
                    { env: 'D1_WRANGLER' },
                    { externalDependencies: ['wrangler'] },
                  ],
                  outputs: ['{options.output}'],
                  metadata: expect.objectContaining({ technologies: ['cloudflare', 'd1'] }),
                },
              },
            },
          },
        },
      ],
    ]);
  });

  it('notices migrations that are called otherwise', async () => {
    await write('apps/api/package.json', { name: 'api' });
    const other = { ...database, migrations_dir: 'sql', migrations_pattern: 'sql/**/*.up' };
    await write('apps/api/wrangler.json', { d1_databases: [other] });
    expect(JSON.stringify(await infer(['apps/api/wrangler.json']))).toContain(
      '"{workspaceRoot}/apps/api/sql/**/*.up"',
    );
  });

  it('names no package that is not installed: Nx would refuse to run the target', async () => {
    await write('apps/api/package.json', { name: 'api' });
    await write('apps/api/wrangler.json', { d1_databases: [database] });
    expect(JSON.stringify(await infer(['apps/api/wrangler.json']))).not.toContain('externalDependencies');
  });

  it('takes another name for the target, and refuses an option it does not know', async () => {
    await write('apps/api/package.json', { name: 'api' });
    await write('apps/api/wrangler.json', { d1_databases: [database] });
    expect(JSON.stringify(await infer(['apps/api/wrangler.json'], { targetPrefix: 'd1-' }))).toContain(
      '"d1-lint":{',
    );
    expect(() => infer([], { targetPrefx: 'x' })).toThrow('Did you mean "targetPrefix"?');
  });

  it('says in the target what is wrong with a wrangler config, and leaves others alone', async () => {
    await write('a/package.json', { name: 'a' });
    await writeFile(join(root, 'a/wrangler.json'), '{ "d1_databases": 1 ');
    await write('b/package.json', { name: 'b' });
    await write('b/wrangler.json', { name: 'without-database' });
    const [[, first] = []] = [...(await infer(['a/wrangler.json', 'b/wrangler.json']))];
    expect(JSON.stringify(first)).toContain('Cannot run:');
    expect([...(await infer(['b/wrangler.json']))]).toEqual([]);
  });
});
