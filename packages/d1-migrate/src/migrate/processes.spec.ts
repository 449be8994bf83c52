import { testWorkspace } from 'd1-core/testing';
import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { countWrangler } from '../testing/counted-wrangler.ts';
import { errorOf, identify, targetIn } from '../testing/index.ts';
import { openTarget } from '../target/index.ts';
import { migrate } from './migrate.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };

describe('the wrangler processes of a remote migrate', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeAll(async () => {
    api = await startCloudflareApi({ databases: [DATABASE] });
    await api.warmUp();
  });
  beforeEach(() => void Object.assign(process.env, api.env));
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => api.close());

  it('are four, of which only the read of the status comes before the consent', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
    const started = countWrangler(workspace);
    const target = targetIn(workspace, { environment: 'production' });
    let beforeConsent: readonly string[] = [];
    const run = async () => {
      const earlier = started().length;
      const result = await migrate({
        target,
        identify,
        dryRun: false,
        skipRehearsal: true,
        approve: async () => void (beforeConsent = started().slice(earlier)),
      });
      return { ...result, processes: started().slice(earlier) };
    };

    // In a database without our tables the first read fails, and a second one asks which tables there are. Where the
    // direct request for the bookmark has no answer, wrangler is asked.
    api.faults.add({ path: '*/time_travel/bookmark', action: { kind: 'answer', status: 500 } });
    expect(await run()).toMatchObject({
      outcome: 'applied',
      bookmark: expect.stringMatching(/^[0-9a-f-]{40,}$/),
      processes: [
        ...['d1 execute', 'd1 execute'],
        ...['d1 time-travel info', 'd1 execute', 'd1 migrations apply', 'd1 execute'],
      ],
    });

    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (x);\n' });
    expect(await run()).toMatchObject({
      outcome: 'applied',
      bookmark: expect.stringMatching(/^[0-9a-f-]{40,}$/),
      processes: ['d1 execute', 'd1 execute', 'd1 migrations apply', 'd1 execute'],
    });
    expect(beforeConsent).toEqual(['d1 execute']);
  });

  it('stop before anything is applied when another run was faster', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': '', '0002_b.sql': '', '0004_d.sql': 'CREATE TABLE d (x);\n' },
    });
    const target = targetIn(workspace, { environment: 'production' });
    const other = () => openTarget(target).batch(["INSERT INTO d1_migrations (name) VALUES ('theirs.sql')"]);
    const error = await errorOf(
      migrate({
        target,
        identify,
        dryRun: false,
        skipRehearsal: true,
        approve: async () => void (await other()),
      }),
    );
    expect(error).toMatchObject({ code: 'changed-meanwhile', exitCode: 1 });
    const d1 = openTarget(target);
    const [tables = [], rows = [], lock = []] = await d1.batch([
      `SELECT name FROM sqlite_master WHERE name = 'd'`,
      `SELECT * FROM d1_migrate_journal WHERE migration = '0004_d.sql'`,
      `SELECT json_extract(value, '$.until') <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS free FROM d1_migrate_metadata WHERE key = 'lock'`,
    ]);
    expect({ tables, rows, lock }).toEqual({ tables: [], rows: [], lock: [{ free: 1 }] });
  });
});
