import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { migrate } from '../migrate/index.ts';
import { readStatus } from '../status/index.ts';
import { openTarget } from '../target/index.ts';
import { errorOf, identify, targetIn } from '../testing/index.ts';
import { writeScripts } from '../testing/scripts.ts';
import { goBack, rollback, type RollbackRequest } from './index.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };

describe('taking migrations of a remote database back', () => {
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
  const approve = async () => undefined;

  async function migrated(migrations: Readonly<Record<string, string>>): Promise<TestWorkspace> {
    const workspace = testWorkspace({ migrations });
    await writeScripts(workspace);
    const target = production(workspace);
    await migrate({ target, identify, dryRun: false, skipRehearsal: true, approve });
    return workspace;
  }

  const rollbackIn = (workspace: TestWorkspace, request: Partial<RollbackRequest> = {}) =>
    rollback({
      target: production(workspace),
      identify,
      dryRun: false,
      acceptDataLoss: [],
      approve,
      ...request,
    });

  const query = async (workspace: TestWorkspace, sql: string) => {
    const [rows = []] = await openTarget(production(workspace)).batch([sql]);
    return rows;
  };

  const states = async (workspace: TestWorkspace) =>
    (await readStatus(production(workspace))).migrations.map(({ state }) => state);

  it('wants every table named that loses rows, then takes the migration back and gives its bookmark', async () => {
    const workspace = await migrated({
      '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
      '0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n',
    });
    await query(workspace, 'INSERT INTO b VALUES (1), (2)');
    expect(await errorOf(rollbackIn(workspace))).toMatchObject({
      code: 'data-loss-not-accepted',
      fix: expect.stringContaining('--acceptDataLoss=b'),
    });
    expect(await states(workspace)).toEqual(['applied', 'applied']);

    const result = await rollbackIn(workspace, { acceptDataLoss: ['b'] });
    expect(result).toMatchObject({ outcome: 'rolled-back', warnings: [], bookmark: expect.any(String) });
    expect(result.plan.losses).toEqual([{ table: 'b', column: undefined, count: 2 }]);
    expect(await states(workspace)).toEqual(['applied', 'pending']);
    expect(
      await query(
        workspace,
        "SELECT json_extract(value, '$.until') <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS free FROM d1_migrate_metadata WHERE key = 'lock'",
      ),
    ).toEqual([{ free: 1 }]);
  });

  it('goes back to the bookmark from before the last migrate, and loses what was written since', async () => {
    const workspace = await migrated({ '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' });
    await query(workspace, 'INSERT INTO a VALUES (1)');
    workspace.write({ 'migrations/0002_b.sql': 'UPDATE a SET id = id + 1;\n' });
    const target = production(workspace);
    await migrate({ target, identify, dryRun: false, skipRehearsal: true, approve });
    await query(workspace, 'INSERT INTO a VALUES (99)');
    const result = await goBack({ target, strategy: 'time-travel', identify, dryRun: false, approve });
    expect(result).toMatchObject({ outcome: 'restored', last: '0001_a.sql', undo: expect.any(String) });
    expect(await query(workspace, 'SELECT id FROM a')).toEqual([{ id: 1 }]);
    expect(await states(workspace)).toEqual(['applied', 'pending']);
  });

  it('takes back a migration whose script is longer than a command line', async () => {
    const tables = Array.from(
      { length: 900 },
      (_, index) =>
        `CREATE TABLE table_with_a_rather_long_name_so_that_its_script_is_long_${index} (id INTEGER PRIMARY KEY, value_with_a_long_name_${index} TEXT NOT NULL DEFAULT 'a default that takes some room on a line');`,
    );
    const names = tables.map(
      (_, index) => `DROP TABLE table_with_a_rather_long_name_so_that_its_script_is_long_${index};`,
    );
    const workspace = await migrated({
      '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
      '0002_tables.sql': `${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n${tables.slice(0, 3).join('\n')}\n`,
      'rollback/0002_tables.sql': `${names.slice(0, 3).join('\n')}\n${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n`,
    });
    const result = await rollbackIn(workspace);
    expect(result).toMatchObject({ outcome: 'rolled-back', error: undefined });
    expect(await states(workspace)).toEqual(['applied', 'pending']);
  });
});
