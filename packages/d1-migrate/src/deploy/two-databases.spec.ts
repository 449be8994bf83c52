import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { testWorkspace } from 'd1-core/testing';
import { startExecutor } from '../testing/index.ts';
import { UPLOAD_ANSWERS } from './testing/upload-answers.ts';

const SHOP = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'shop-production' };
const LOGS = { id: '0f3a6c1b-2f0e-4d57-9d43-7a5a6f0e9c22', name: 'logs-production' };
const entry = (section: string, binding: string, { id, name }: typeof SHOP, folder: string) => `
[[${section}d1_databases]]
binding = "${binding}"
database_name = "${name}"
database_id = "${id}"
migrations_dir = "${folder}"
`;
const CONFIG = `
name = "shop"
main = "index.js"
compatibility_date = "2025-08-01"
[env.production]
workers_dev = false
${entry('env.production.', 'DB', SHOP, 'migrations')}${entry('env.production.', 'LOGS', LOGS, 'logs')}`;

const SQL = 'CREATE TABLE a (id INTEGER PRIMARY KEY NOT NULL);\n';
const CONFIRMED = { environment: 'production', confirm: `${SHOP.name},${LOGS.name}` };

function workspaceWith(logs: string) {
  const workspace = testWorkspace({ wranglerToml: CONFIG, migrations: { '0001_a.sql': SQL } });
  workspace.write({
    'index.js': 'export default { fetch: () => new Response("hello") };\n',
    'logs/0001_logs.sql': logs,
  });
  return workspace;
}

describe('a deployment of a Worker with two databases', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeEach(async () => {
    api = await startCloudflareApi({ databases: [SHOP, LOGS] });
    api.faults.add(...UPLOAD_ANSWERS);
    Object.assign(process.env, api.env);
  });
  afterEach(async () => {
    await api.close();
    process.env = { ...before };
  });
  const uploads = () =>
    api.log.list().filter(({ path, method }) => method === 'PUT' && path.includes('/workers/'));

  it('migrates and checks both, each confirmed by its own name, and deploys once', async () => {
    const { stdout, stderr, exitCode } = await startExecutor('deploy', workspaceWith(SQL), {
      ...CONFIRMED,
      json: true,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
    const { steps, ...report } = JSON.parse(stdout);
    expect(report).toMatchObject({ command: 'deploy', exitCode: 0, outcome: 'deployed', pending: [] });
    expect(steps).toMatchObject([
      { step: 'compare', binding: 'DB', queries: { order: { migrateFirst: 1 } } },
      { step: 'compare', binding: 'LOGS', queries: { order: { migrateFirst: 1 } } },
      { step: 'migrate', binding: 'DB', outcome: 'applied' },
      { step: 'migrate', binding: 'LOGS', outcome: 'applied' },
      { step: 'check', binding: 'DB', pending: [] },
      { step: 'check', binding: 'LOGS', pending: [] },
    ]);
    expect(uploads()).toHaveLength(1);
  });

  it('stops at a migration that fails, says what was done to which database, and goes on from there', async () => {
    const workspace = workspaceWith('VACUUM;\n');
    const failed = await startExecutor('deploy', workspace, CONFIRMED);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain(
      `The deployment of production stopped at "migrate" of the database ${LOGS.name} (binding LOGS).`,
    );
    expect(failed.stderr).toContain(`  ${SHOP.name} (binding DB): migrated`);
    expect(failed.stderr).toContain(`  ${LOGS.name} (binding LOGS): nothing was done`);
    expect(uploads()).toEqual([]);

    workspace.write({ 'logs/0001_logs.sql': SQL });
    const { stdout, exitCode } = await startExecutor('deploy', workspace, CONFIRMED);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout });
    expect(stdout.match(/1 migration applied/g)).toHaveLength(1);
    expect(uploads()).toHaveLength(1);
  });

  it('is refused with a plan of one of them, and while the one that is left out has something pending', async () => {
    const workspace = workspaceWith(SQL);
    const one = await startExecutor('deploy', workspace, { ...CONFIRMED, plan: 'plan.json', json: true });
    expect(JSON.parse(one.stdout)).toMatchObject({ exitCode: 2, error: { code: 'plan-of-one-database' } });
    const left = await startExecutor('deploy', workspace, { ...CONFIRMED, database: 'DB', json: true });
    expect(JSON.parse(left.stdout)).toMatchObject({
      exitCode: 1,
      error: {
        code: 'migrations-pending',
        notes: expect.arrayContaining(['  LOGS: 0001_logs.sql', 'Nothing was deployed.']),
      },
    });
    expect(uploads()).toEqual([]);
  });

  it('is backed up in a terminal by the d1-backup that is installed, before anything is changed', async () => {
    const workspace = workspaceWith('VACUUM;\n');
    workspace.write({
      'node_modules/d1-backup/package.json': '{ "name": "d1-backup", "bin": { "d1-backup": "cli.js" } }',
      'node_modules/d1-backup/cli.js': `require('node:fs').appendFileSync('${join(workspace.root, 'saved.txt').replaceAll('\\', '/')}', process.argv.slice(2).join(' ') + '\\n');`,
    });
    const bin = join(import.meta.dirname, '../cli.ts');
    const words = ['deploy', '--env=production', `--confirm=${CONFIRMED.confirm}`];
    const options = { cwd: workspace.root, reject: false, stdin: 'ignore' } as const;
    const invalid = await execa(process.execPath, [bin, ...words], options);
    expect(invalid.exitCode).toBe(1);
    expect(invalid.stderr).toContain('stopped at "validate" of the database logs-production');
    expect(existsSync(join(workspace.root, 'saved.txt'))).toBe(false);

    workspace.write({ 'logs/0001_logs.sql': SQL });
    const { exitCode, stderr } = await execa(process.execPath, [bin, ...words], options);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr });
    expect(readFileSync(join(workspace.root, 'saved.txt'), 'utf8')).toBe(
      ['DB', 'LOGS']
        .map((binding) => `backup --env=production --database=${binding} --database-only --timeout=600\n`)
        .join(''),
    );
    expect(uploads()).toHaveLength(1);
  });
});
