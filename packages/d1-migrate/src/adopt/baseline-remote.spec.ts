import { setTimeout as wait } from 'node:timers/promises';
import { askDatabase, startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { takeLockStatements } from 'd1-core/records';
import { EXPIRE_LOCK } from '../testing/remote-databases.ts';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { readStanding } from '../status/index.ts';
import { baseline, type BaselineRequest } from './index.ts';
import { readStatus } from '../survey/index.ts';
import { openTarget } from 'd1-core/target';
import { errorOf, identify, targetIn } from '../testing/index.ts';

const DATABASE = { id: '9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11', name: 'test-production' };

describe('a live remote database', () => {
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
  const run = (workspace: TestWorkspace, ...statements: readonly string[]) =>
    openTarget(production(workspace)).batch(statements);
  const baselineIn = (workspace: TestWorkspace, request: Partial<BaselineRequest> = {}) =>
    baseline({
      target: production(workspace),
      identify,
      dryRun: false,
      replaceHistory: false,
      approve: async () => undefined,
      ...request,
    });

  it('gets its history, with the bookmark from before, and has not drifted then', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    await run(workspace, 'CREATE TABLE a (id INTEGER PRIMARY KEY)', 'INSERT INTO a VALUES (1)');
    const result = await baselineIn(workspace);
    expect(result).toMatchObject({ outcome: 'recorded', bookmark: expect.any(String), warnings: [] });
    expect((await readStatus(production(workspace))).migrations).toMatchObject([
      { name: '0001_a.sql', state: 'applied', inJournal: true },
    ]);
    expect(await readStanding(production(workspace))).toMatchObject({
      consistent: true,
      drift: { changes: [] },
    });

    await run(workspace, 'ALTER TABLE a ADD COLUMN note TEXT');
    const { drift } = await readStanding(production(workspace));
    expect(drift.changes).toEqual([
      { change: 'changed', kind: 'table', name: 'a', details: ['column note added'] },
    ]);
    expect(drift.revert).toEqual(['ALTER TABLE a DROP COLUMN note']);
  });

  it('is left alone while somebody else holds its lock', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    await run(
      workspace,
      'CREATE TABLE a (id INTEGER PRIMARY KEY)',
      'CREATE TABLE d1_migrate_metadata (key TEXT PRIMARY KEY, value TEXT NOT NULL)',
      `INSERT INTO d1_migrate_metadata VALUES ('lock', json_object('run', 'r', 'owner', 'somebody on a machine', 'since', '2026-01-01T00:00:00Z', 'until', '2999-01-01T00:00:00Z', 'fence', 1))`,
    );
    expect(await errorOf(baselineIn(workspace))).toMatchObject({ code: 'locked', exitCode: 11 });
    expect((await readStatus(production(workspace))).pending).toBe(1);
  });

  it('gets no history beside what another run has recorded since it was compared', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    await run(workspace, 'CREATE TABLE a (id INTEGER PRIMARY KEY)');
    const approve = async () => {
      await run(
        workspace,
        'CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
        "INSERT INTO d1_migrations (name) VALUES ('0009_other.sql')",
      );
    };
    expect(await errorOf(baselineIn(workspace, { approve }))).toMatchObject({ code: 'changed-meanwhile' });
    expect(await run(workspace, 'SELECT name FROM d1_migrations')).toEqual([[{ name: '0009_other.sql' }]]);
  });

  it('gets no history from a run that has lost the lock', async () => {
    const workspace = testWorkspace({
      migrations: { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' },
    });
    await run(workspace, 'CREATE TABLE a (id INTEGER PRIMARY KEY)');
    api.faults.add({
      path: '*/query',
      bodyIncludes: 'INSERT INTO \\"d1_migrations',
      action: { kind: 'hold' },
    });
    const running = errorOf(baselineIn(workspace));
    while (!api.log.list().some(({ fault }) => fault === 'hold')) await wait(20);
    await askDatabase(api, DATABASE.id, [EXPIRE_LOCK, ...takeLockStatements('other', 'grace', 60)].join(';'));
    api.faults.clear();
    expect(await running).toMatchObject({ code: 'locked' });
    expect(await readStatus(production(workspace))).toMatchObject({ pending: 1 });
  });
});
