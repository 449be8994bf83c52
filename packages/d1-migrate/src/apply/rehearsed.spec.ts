import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { testWorkspace } from 'd1-core/testing';
import { rehearse } from '../rehearse/index.ts';
import { openTarget } from 'd1-core/target';
import { countWrangler } from '../testing/counted-wrangler.ts';
import { errorOf, identify, targetIn } from '../testing/index.ts';
import { migrate, type MigrateRequest } from './index.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };

const LISTS = `CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, list REFERENCES lists (id) ON DELETE CASCADE);
INSERT INTO lists VALUES (1, 'one');
INSERT INTO items VALUES (1, 1), (2, 1);
`;

describe('a protected environment', () => {
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

  it('takes only what was rehearsed, on the schema on which it was rehearsed', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    const target = targetIn(workspace, { environment: 'production' });
    const run = (request: Partial<MigrateRequest> = {}) =>
      migrate({ target, identify, dryRun: false, approve: async () => undefined, ...request });
    const refusal = async () => {
      const { code, exitCode, message } = await errorOf(run());
      expect({ code, exitCode }).toEqual({ code: 'not-rehearsed', exitCode: 2 });
      return message;
    };
    const rehearseNow = () => rehearse({ target, source: { kind: 'database' } });

    // There is nothing to rehearse on in a database without tables.
    expect((await run()).outcome).toBe('applied');

    workspace.write({ 'migrations/0002_next.sql': 'DELETE FROM items WHERE id = 2;\n' });
    expect(await refusal()).toBe(
      'production is protected, and these migrations have not been rehearsed on its data.',
    );
    expect((await rehearseNow()).outcome).toBe('lost-rows');
    expect(await refusal()).toContain('did not pass');

    workspace.write({
      'migrations/0002_next.sql':
        '-- d1-migrate: expect-rows-lost items: a double\nDELETE FROM items WHERE id = 2;\n',
    });
    expect((await rehearseNow()).outcome).toBe('passed');
    workspace.write({ 'migrations/0003_more.sql': 'CREATE TABLE more (x);\n' });
    expect(await refusal()).toContain('0003_more.sql was not in the last rehearsal');

    expect((await rehearseNow()).outcome).toBe('passed');
    await openTarget(target).batch(['CREATE INDEX meanwhile ON items (list)']);
    expect(await refusal()).toContain('its schema is not the one of the last rehearsal');
    await openTarget(target).batch(['DROP INDEX meanwhile']);
    workspace.write({ 'migrations/0003_more.sql': 'CREATE TABLE more (x, y);\n' });
    expect(await refusal()).toContain('0003_more.sql has been changed since it was rehearsed');

    workspace.write({ 'migrations/0003_more.sql': '-- the same\nCREATE TABLE more ( x );\n' });
    expect(await run()).toMatchObject({
      outcome: 'applied',
      losses: [{ table: 'items', before: 2, after: 1, reason: 'a double' }],
    });
  });

  it('can be changed without a rehearsal, which the journal notes; what is lost is counted all the same', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    const started = countWrangler(workspace);
    const target = targetIn(workspace, { environment: 'production' });
    const run = () =>
      migrate({ target, identify, dryRun: false, skipRehearsal: true, approve: async () => undefined });
    await run();
    workspace.write({ 'migrations/0004_gone.sql': 'DROP TABLE lists;\n' });
    const earlier = started().length;
    const result = await run();
    // Counting takes no process of its own.
    expect(started().slice(earlier)).toEqual(['d1 migrations apply']);
    expect(result).toMatchObject({
      outcome: 'rows-lost',
      losses: [
        { table: 'lists', before: 1, after: 0 },
        { table: 'items', before: 2, after: 0 },
      ],
    });
    expect(result.error?.fix).toBe(
      `Go back before more is written: npx wrangler d1 time-travel restore DB --env=production --bookmark=${result.bookmark}`,
    );
    const [rows] = await openTarget(target).batch([
      `SELECT detail FROM d1_migrate_journal WHERE migration = '0004_gone.sql' AND outcome = 'started'`,
    ]);
    expect(rows).toEqual([{ detail: '{"rehearsal":"skipped"}' }]);
  });

  it('has to lose as many rows as in the rehearsal, whatever announces it', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    const target = targetIn(workspace, { environment: 'production' });
    const run = () => migrate({ target, identify, dryRun: false, approve: async () => undefined });
    await run();
    workspace.write({
      'migrations/0002_next.sql':
        '-- d1-migrate: expect-rows-lost items: old ones\nDELETE FROM items WHERE list = 1;\n',
    });
    expect((await rehearse({ target, source: { kind: 'database' } })).outcome).toBe('passed');
    const d1 = openTarget(target);
    await d1.batch(['INSERT INTO items VALUES (3, 1), (4, 1)']);
    await d1.close();
    expect(await run()).toMatchObject({
      outcome: 'rows-lost',
      losses: [
        { table: 'items', what: 'rows', count: 4, reason: 'old ones' },
        { table: 'items', what: 'unplanned', count: 2, before: 4, after: 0 },
      ],
      error: { message: 'Lost, and not as planned: 2 rows of items more than planned.' },
    });
  });

  it('says where more rows have come than in the rehearsal', async () => {
    const workspace = testWorkspace({ migrations: { '0001_lists.sql': LISTS } });
    const target = targetIn(workspace, { environment: 'production' });
    const run = () => migrate({ target, identify, dryRun: false, approve: async () => undefined });
    await run();
    workspace.write({
      'migrations/0002_next.sql': 'INSERT INTO items (id, list) SELECT id + 100, list FROM items;\n',
    });
    expect((await rehearse({ target, source: { kind: 'database' } })).outcome).toBe('passed');
    const d1 = openTarget(target);
    await d1.batch(['INSERT INTO items VALUES (3, 1)']);
    await d1.close();
    expect(await run()).toMatchObject({
      outcome: 'applied',
      losses: [],
      warnings: [
        expect.stringMatching(
          /^items went from 3 to 6 rows, and the rehearsal of the plan saw a difference of 2:/,
        ),
      ],
    });
  });
});
