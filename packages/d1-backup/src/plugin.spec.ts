import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { PLUGIN } from './commands/index.ts';
import { createNodes, createNodesV2, type D1BackupPluginOptions } from './plugin.ts';

/** As the table has them: which targets there are is said there alone. */
const definitions = PLUGIN.targets;

const CONFIG = ['development', 'production']
  .map((name) => `[[env.${name}.d1_databases]]\nbinding = "DB"\nmigrations_dir = "../../migrations"\n`)
  .join('');

/** The project of a Worker in `apps/api`. */
async function inferred(options?: D1BackupPluginOptions, config = CONFIG) {
  const root = temporaryFolder();
  writeFiles(root, { 'apps/api/package.json': '{ "name": "api" }', 'apps/api/wrangler.toml': config });
  const context = { workspaceRoot: root, nxJsonConfiguration: { plugins: ['d1-migrate/plugin'] } };
  const nodes = await createNodes[1](['apps/api/wrangler.toml'], options, context);
  return nodes[0]?.[1].projects?.['apps/api'];
}

function optionsOf(executor: string): readonly string[] {
  const name = executor.replace('d1-backup:', '');
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../schemas', `${name}.json`), 'utf8'));
  return Object.keys(schema.properties);
}

describe('createNodes', () => {
  it('infers the targets with one configuration for each environment', async () => {
    const project = await inferred();
    expect(Object.keys(project?.targets ?? {})).toEqual([
      'backup',
      'restore',
      'backup-verify',
      'backup-list',
      'backup-prune',
    ]);
    for (const { defaultName, executor } of definitions) {
      expect(project?.targets?.[defaultName]).toMatchObject({
        executor,
        cache: false,
        parallelism: false,
        options: expect.objectContaining({ wranglerConfig: 'apps/api/wrangler.toml' }),
        configurations: {
          development: { environment: 'development' },
          production: { environment: 'production' },
        },
        defaultConfiguration: 'development',
      });
    }
  });

  it('takes other names, so that a backup of another tool keeps its own', async () => {
    const project = await inferred({ targetPrefix: 'd1-' });
    expect(Object.keys(project?.targets ?? {})).toContain('d1-backup');
    expect(Object.keys(project?.targets ?? {})).not.toContain('backup');
  });

  it.each(definitions.map(({ defaultName }) => defaultName))(
    'passes only options that the executor of %s has',
    async (name) => {
      const environments = { development: { protected: true } };
      const project = await inferred({
        environments,
        database: 'DB',
        persistTo: '.wrangler/state',
        startAfter: '1',
      });
      const target = project?.targets?.[name];
      const given = [...Object.keys(target?.options), ...Object.keys(target?.configurations?.['production'])];
      expect(optionsOf(target?.executor ?? '')).toEqual(expect.arrayContaining(given));
    },
  );

  it('stops at an option that it does not have', async () => {
    const options: object = { targetPrefx: 'x' };
    await expect(inferred(options)).rejects.toThrow(
      'The plugin d1-backup/plugin has no option "targetPrefx". Did you mean "targetPrefix"?',
    );
  });

  it('infers nothing where there is no D1 database', async () => {
    expect(await inferred({}, 'name = "api"\n')).toBeUndefined();
  });

  it('has the older name too', () => {
    expect(createNodesV2).toBe(createNodes);
  });
});
