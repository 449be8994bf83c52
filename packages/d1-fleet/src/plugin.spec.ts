import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { createNodes, createNodesV2, type D1FleetPluginOptions } from './plugin.ts';

const CONFIG = ['development', 'production']
  .map((name) => `[[env.${name}.d1_databases]]\nbinding = "DB"\nmigrations_dir = "../../migrations"\n`)
  .join('');

/** The project of a Worker in `apps/api`. */
async function inferred(options?: D1FleetPluginOptions, config = CONFIG) {
  const root = temporaryFolder();
  writeFiles(root, { 'apps/api/package.json': '{ "name": "api" }', 'apps/api/wrangler.toml': config });
  const context = { workspaceRoot: root, nxJsonConfiguration: {} };
  const nodes = await createNodes[1](['apps/api/wrangler.toml'], options, context);
  return nodes[0]?.[1].projects?.['apps/api'];
}

describe('createNodes', () => {
  it('infers the targets with one configuration for each environment, and caches none of them', async () => {
    const project = await inferred();
    expect(Object.keys(project?.targets ?? {})).toEqual([
      'fleet-status',
      'fleet-plan',
      'fleet-migrate',
      'fleet-rollback',
    ]);
    expect(project?.targets?.['fleet-migrate']).toMatchObject({
      executor: 'd1-fleet:migrate',
      cache: false,
      options: { wranglerConfig: 'apps/api/wrangler.toml' },
      configurations: {
        development: { environment: 'development' },
        production: { environment: 'production' },
      },
    });
  });

  it('infers nothing where there is no D1 database', async () => {
    expect(await inferred({}, 'name = "api"\n')).toBeUndefined();
  });

  it('has the older name too', () => {
    expect(createNodesV2).toBe(createNodes);
  });
});
