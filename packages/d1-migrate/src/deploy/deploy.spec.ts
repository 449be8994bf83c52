import { testWorkspace } from 'd1-core/testing';
import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { readAudit } from 'd1-core/audit';
import { errorOf, identify, startExecutor, targetIn } from '../testing/index.ts';
import { deploy, type DeployRequest } from './index.ts';
import { UPLOAD_ANSWERS, VERSION } from './testing/upload-answers.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };
const CONFIG = `
name = "shop"
main = "index.js"
compatibility_date = "2025-08-01"
[[d1_databases]]
binding = "DB"
database_name = "test"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
[env.production]
workers_dev = false
[[env.production.d1_databases]]
binding = "DB"
database_name = "${DATABASE.name}"
database_id = "${DATABASE.id}"
`;
const CODE = 'export default { fetch: () => new Response("hello") };\n';

const workspaceWith = (migrations: Readonly<Record<string, string>>, code = CODE) => {
  const workspace = testWorkspace({ wranglerToml: CONFIG, migrations });
  workspace.write({ 'index.js': code });
  return workspace;
};

describe('deploy', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    Object.assign(process.env, api.env);
  });
  afterEach(() => {
    api.faults.clear();
    api.log.clear();
  });
  afterAll(async () => {
    await api.close();
    process.env = before;
  });

  const production = (workspace: ReturnType<typeof workspaceWith>, request: Partial<DeployRequest> = {}) =>
    deploy({
      targets: [targetIn(workspace, { environment: 'production' })],
      rounds: [],
      migrate: () => ({ name: 'migrate', run: async () => ({ exitCode: 0, document: {} }) }),
      identify,
      show: () => undefined,
      dryRun: false,
      approve: async () => undefined,
      ...request,
    });
  const requests = () =>
    api.log.list().map(({ method, path }) => `${method} ${path.replace(/^.*?\/(?=d1|workers)/, '')}`);

  it('is refused while something is pending, before anybody is asked', async () => {
    const workspace = workspaceWith({ '0001_a.sql': 'CREATE TABLE a (x);\n' });
    const approve = () => Promise.reject(new Error('asked'));
    const error = await errorOf(production(workspace, { approve }));
    expect(error).toMatchObject({ code: 'migrations-pending', exitCode: 1 });
    expect(error.fix).toContain('"d1-migrate migrate (environment=production)"');
    expect(error.notes).toContain('  DB: 0001_a.sql');
    expect(requests().filter((request) => request.includes('workers'))).toEqual([]);
  });

  it('builds the Worker in a dry run, uploads nothing, and says what is pending', async () => {
    const workspace = workspaceWith({ '0001_a.sql': 'CREATE TABLE a (x);\n' });
    const options = { environment: 'production', dryRun: true };
    const { stdout, exitCode } = await startExecutor('deploy', workspace, options);
    expect(stdout).toContain('env.DB');
    expect(stdout).toContain('Dry run: nothing was deployed.');
    expect(stdout).toContain('1 migration pending (0001_a.sql): a real run applies them.');
    expect(exitCode).toBe(0);
    expect(requests().filter((request) => request.includes('workers'))).toEqual([]);

    const broken = workspaceWith({}, 'export default {');
    expect(await production(broken, { dryRun: true })).toMatchObject({
      outcome: 'failed',
      error: { code: 'wrangler-failed' },
    });
  });

  it('uploads with consent, gives the version, and is in the audit file', async () => {
    const workspace = workspaceWith({});
    api.faults.add(...UPLOAD_ANSWERS);
    const options = { environment: 'production', json: true };
    const refused = await startExecutor('deploy', workspace, options);
    expect(JSON.parse(refused.stdout)).toMatchObject({ exitCode: 2, error: { code: 'not-confirmed' } });
    const deployed = await startExecutor('deploy', workspace, { ...options, confirm: DATABASE.name });
    expect(JSON.parse(deployed.stdout)).toMatchObject({
      exitCode: 0,
      outcome: 'deployed',
      workerVersion: VERSION,
    });
    const { protection } = targetIn(workspace, { environment: 'production' });
    const lines = await readAudit(protection.auditFile);
    expect(lines.map(({ entry }) => `${entry?.action} ${entry?.outcome}`)).toEqual([
      'deploy refused',
      'deploy started',
      'deploy done',
    ]);
  });

  it('fails when Cloudflare refuses the upload', async () => {
    const { outcome, error } = await production(workspaceWith({}));
    expect(outcome).toBe('failed');
    expect(JSON.stringify(error?.notes)).toContain('Could not route to');
  });

  it('knows that there is nothing to deploy to in a local environment', async () => {
    const targets = [targetIn(workspaceWith({}))] as const;
    expect(await errorOf(production(workspaceWith({}), { targets }))).toMatchObject({
      code: 'local-environment',
      exitCode: 2,
    });
  });
});
