import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { join } from 'node:path';
import { readAudit } from 'd1-core/audit';
import { nxWorkspace, type NxWorkspace } from 'd1-core/testing';
import { UPLOAD_ANSWERS } from './testing/upload-answers.ts';

const DATABASE = { id: '705b8971-c3ff-4006-ae32-e9d187512266', name: 'shop-production' };
const CONFIG = `
name = "shop"
main = "index.js"
compatibility_date = "2025-08-01"
[env.development]
[[env.development.d1_databases]]
binding = "DB"
database_name = "shop-development"
database_id = "e1b8c043-52ac-4708-886b-249b77bfaf8b"
migrations_dir = "../../migrations"
[env.production]
workers_dev = false
[[env.production.d1_databases]]
binding = "DB"
database_name = "${DATABASE.name}"
database_id = "${DATABASE.id}"
migrations_dir = "../../migrations"
`;
const GOOD = '-- Migration: shops\nCREATE TABLE shops (id TEXT PRIMARY KEY NOT NULL);\n';

/** A target with the name and the place of that of d1-backup. */
const backup = (command: string) => ({
  executor: 'nx:run-commands',
  dependsOn: ['validate'],
  options: { command },
  configurations: { development: {}, production: { args: '--environment=production' } },
});

const shop = (migration: string, targets: object = {}): NxWorkspace =>
  nxWorkspace({
    'apps/shop/package.json': JSON.stringify({ name: 'shop', nx: { targets } }),
    'apps/shop/wrangler.toml': CONFIG,
    'apps/shop/index.js': 'export default { fetch: () => new Response("hello") };\n',
    'migrations/0001_shops.sql': migration,
  });

describe('the target deploy in a workspace', () => {
  let api: CloudflareApi;
  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    await api.warmUp();
  });
  afterEach(() => {
    api.faults.clear();
    api.log.clear();
  });
  afterAll(() => api.close());

  const deploy = (workspace: NxWorkspace, ...args: readonly string[]) =>
    workspace.run(['run', 'shop:deploy', '--configuration=production', ...args], { ...api.env });
  const uploads = () =>
    api.log.list().filter(({ path, method }) => method === 'PUT' && path.includes('/workers/'));

  it('stops at the first step that fails, and runs none of the later ones', async () => {
    const invalid = await deploy(shop('VACUUM;\n', { backup: backup('echo saved') }));
    expect(invalid.exitCode).not.toBe(0);
    expect(invalid.tasks).toEqual(['shop:lint']);
    const unsaved = await deploy(shop(GOOD, { backup: backup('exit 1') }));
    expect(unsaved.exitCode).not.toBe(0);
    expect(unsaved.tasks).toEqual(['shop:lint', 'shop:validate:production', 'shop:backup:production']);
    expect(api.log.list()).toEqual([]);
  });

  it('passes a dry run on, and changes nothing', async () => {
    const { exitCode, tasks, output } = await deploy(shop(GOOD), '--dryRun');
    expect(exitCode).toBe(0);
    expect(tasks).toEqual([
      'shop:lint',
      'shop:validate:production',
      'shop:deploy-migrate:production',
      'shop:deploy:production',
    ]);
    expect(output).toContain('Dry run: nothing was changed.');
    expect(output).toContain('Dry run: nothing was deployed.');
    expect(uploads()).toEqual([]);
  });

  it('lints, validates, backs up, migrates and deploys the environment of the configuration', async () => {
    const workspace = shop(GOOD, { backup: backup('echo saved') });
    api.faults.add(...UPLOAD_ANSWERS);
    const { exitCode, tasks, output } = await deploy(workspace, `--confirm=${DATABASE.name}`);
    expect(exitCode).toBe(0);
    expect(tasks).toEqual([
      'shop:lint',
      'shop:validate:production',
      'shop:backup:production',
      'shop:deploy-migrate:production',
      'shop:deploy:production',
    ]);
    expect(output).toContain('saved --environment=production');
    expect(output).toContain('1 migration applied');
    expect(uploads()).toHaveLength(1);
    const lines = await readAudit(join(workspace.root, 'apps/shop/.d1/audit/production.ndjson'));
    expect(lines.map(({ entry }) => `${entry?.action} ${entry?.outcome}`)).toEqual([
      'migrate started',
      'migrate done',
      'deploy started',
      'deploy done',
    ]);
  });
});
