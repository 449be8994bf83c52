import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { readdirSync } from 'node:fs';
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

/** What a project may say of the target of d1-backup: here something that stops it. */
const FAILING_BACKUP = { options: { output: 's3://archives' } };

const CHECKS = ['shop:lint', 'shop:check-queries'];
const TASKS = [...CHECKS, 'shop:validate:production', 'shop:deploy:production'];

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
    const invalid = await deploy(shop('VACUUM;\n'));
    expect(invalid.exitCode).not.toBe(0);
    expect(invalid.tasks).toEqual(CHECKS);
    const unsaved = await deploy(shop(GOOD, { backup: FAILING_BACKUP }));
    expect(unsaved.exitCode).not.toBe(0);
    expect(unsaved.tasks).toEqual(TASKS);
    expect(unsaved.output).toContain('R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY are not set.');
    expect(unsaved.output).toContain(
      `The deployment of production stopped at "backup" of the database ${DATABASE.name} (binding DB).`,
    );
    expect(api.log.list()).toEqual([]);
  });

  it('passes a dry run on, and changes nothing', async () => {
    const { exitCode, tasks, output } = await deploy(shop(GOOD), '--dryRun');
    expect(exitCode).toBe(0);
    expect(tasks).toEqual(TASKS);
    expect(output).toContain('Dry run: nothing was changed.');
    expect(output).toContain('Dry run: nothing was deployed.');
    expect(uploads()).toEqual([]);
  });

  it('lints, validates, backs up, migrates and deploys the environment of the configuration', async () => {
    const workspace = shop(GOOD);
    api.faults.add(...UPLOAD_ANSWERS);
    const { exitCode, tasks, output } = await deploy(workspace, `--confirm=${DATABASE.name}`);
    expect(exitCode).toBe(0);
    expect(tasks).toEqual(TASKS);
    const archives = readdirSync(join(workspace.root, 'backups')).filter((name) => name.endsWith('.zip'));
    expect(archives).toHaveLength(1);
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
