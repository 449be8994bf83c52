import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { takeLockStatements } from 'd1-core/history';
import { runWrangler } from 'd1-core/wrangler';
import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { openTarget } from '../target/index.ts';
import { readStatus } from '../status/index.ts';
import { errorOf, identify, targetIn } from '../testing/index.ts';
import { migrate, type MigrateRequest, type MigrateResult } from './migrate.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };
const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL);\n';
const B = "INSERT INTO a (x) VALUES ('one');\n";

describe('migrating a remote database', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeEach(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    await api.warmUp();
    Object.assign(process.env, api.env);
  });
  afterEach(async () => {
    await api.close();
    process.env = { ...before };
  });

  const production = (workspace: TestWorkspace) => targetIn(workspace, { environment: 'production' });

  const migrateProduction = (
    workspace: TestWorkspace,
    request: Partial<MigrateRequest> = {},
  ): Promise<MigrateResult> =>
    migrate({
      target: production(workspace),
      identify,
      dryRun: false,
      approve: async () => undefined,
      ...request,
    });

  const query = async (workspace: TestWorkspace, sql: string) => {
    const [rows = []] = await openTarget(production(workspace)).batch([sql]);
    return rows;
  };

  it('applies, records and reads again, and touches no local database', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_b.sql': B } });
    expect(await readStatus(production(workspace))).toMatchObject({ pending: 2, consistent: true });

    const { outcome, migrations } = await migrateProduction(workspace);
    expect(outcome).toBe('applied');
    expect(migrations.map((migration) => migration.outcome)).toEqual(['applied', 'applied']);
    expect(await query(workspace, 'SELECT x FROM a')).toEqual([{ x: 'one' }]);
    expect(await readStatus(production(workspace))).toMatchObject({ pending: 0, consistent: true });
    expect(await readStatus(targetIn(workspace))).toMatchObject({ pending: 2 });

    workspace.write({ 'migrations/0003_bad.sql': 'CREATE TABLE c (x);\nVACUUM;\n' });
    const failed = await migrateProduction(workspace, { skipRehearsal: true });
    expect(failed.outcome).toBe('failed');
    expect(failed.error).toMatchObject({ code: 'sql-not-authorized', location: { line: 2, column: 1 } });
    expect(await readStatus(production(workspace))).toMatchObject({ pending: 1 });
  });

  it('notes the bookmark, with which Time Travel goes back to before the run', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    const shown: string[] = [];
    const { bookmark } = await migrateProduction(workspace, { onBookmark: (value) => shown.push(value) });
    expect(shown).toEqual([bookmark]);
    expect(await query(workspace, 'SELECT DISTINCT bookmark FROM d1_migrate_journal')).toEqual([
      { bookmark },
    ]);

    const { wrangler } = production(workspace);
    const restored = await runWrangler(wrangler, {
      args: ['d1', 'time-travel', 'restore', 'DB', '--env=production', `--bookmark=${bookmark}`, '--json'],
      cwd: workspace.root,
    });
    expect(restored.exitCode).toBe(0);
    expect(await readStatus(production(workspace))).toMatchObject({ pending: 1 });
  });

  it('lets one of two runs at a time do the work, and the other say who is at it', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_b.sql': B } });
    const runs = await Promise.allSettled([
      migrateProduction(workspace),
      migrateProduction(workspace, {
        identify: async () => ({ ...(await identify()), run: 'other', actor: 'grace' }),
      }),
    ]);
    const refused = runs.filter((run) => run.status === 'rejected').map(({ reason }) => reason);
    const done = runs.filter((run) => run.status === 'fulfilled').map(({ value }) => value.outcome);
    expect(done).toContain('applied');
    // The other one comes while the lock is held, or just after.
    for (const error of refused) expect(['locked', 'changed-meanwhile']).toContain(error.code);
    expect(await query(workspace, 'SELECT count(*) AS rows FROM a')).toEqual([{ rows: 1 }]);
    expect(await query(workspace, 'SELECT name FROM d1_migrations ORDER BY id')).toHaveLength(2);
    expect((await migrateProduction(workspace)).outcome).toBe('nothing-pending');
  });

  it('waits for no lock of a run that is long dead', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    await openTarget(production(workspace)).batch(takeLockStatements('dead', 'ada on laptop', 60));
    expect(await errorOf(migrateProduction(workspace))).toMatchObject({ code: 'locked', exitCode: 11 });
    await query(
      workspace,
      `UPDATE d1_migrate_metadata SET value = json_set(value, '$.until', '2020-01-01T00:00:00Z') WHERE key = 'lock'`,
    );
    expect((await migrateProduction(workspace)).outcome).toBe('applied');
  });

  it('takes an answer that was lost on the way for what the database says', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_b.sql': B } });
    api.faults.add({
      path: '*/query',
      bodyIncludes: 'CREATE TABLE a',
      action: { kind: 'cut', when: 'after' },
    });
    const result = await migrateProduction(workspace);
    expect(result.migrations).toEqual([
      { name: '0001_a.sql', outcome: 'applied' },
      { name: '0002_b.sql', outcome: 'not-run' },
    ]);
    expect(result.error?.code).toBe('network');
    expect(result.error?.notes.join('\n')).toContain('In the history now: 0001_a.sql.');

    api.faults.clear();
    expect((await migrateProduction(workspace, { skipRehearsal: true })).migrations).toEqual([
      { name: '0002_b.sql', outcome: 'applied' },
    ]);
    expect(await query(workspace, 'SELECT count(*) AS rows FROM a')).toEqual([{ rows: 1 }]);
  });

  it('explains a token that Cloudflare refuses', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    process.env['CLOUDFLARE_API_TOKEN'] = 'not-a-token-of-this-account';
    const error = await errorOf(readStatus(production(workspace)));
    expect(error.code).toBe('token-refused');
    expect(JSON.stringify(error.notes)).not.toContain('not-a-token-of-this-account');
  });

  it('explains a database that is not in the account', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    await api.close();
    api = await startCloudflareApi({ databases: [] });
    Object.assign(process.env, api.env);
    expect(await errorOf(readStatus(production(workspace)))).toMatchObject({
      code: 'unknown-database',
      exitCode: 2,
    });
  });

  it('explains a login that reaches several accounts', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    await api.close();
    api = await startCloudflareApi({
      accounts: [
        { id: 'a'.repeat(32), name: 'One' },
        { id: 'b'.repeat(32), name: 'Two' },
      ],
      tokens: { 'token-for-two-accounts': ['a'.repeat(32), 'b'.repeat(32)] },
    });
    Object.assign(process.env, api.env, { CLOUDFLARE_API_TOKEN: 'token-for-two-accounts' });
    delete process.env['CLOUDFLARE_ACCOUNT_ID'];
    expect(await errorOf(readStatus(production(workspace)))).toMatchObject({
      code: 'several-accounts',
      exitCode: 2,
    });
  });
});
