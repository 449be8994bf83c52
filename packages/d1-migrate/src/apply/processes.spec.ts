import { join } from 'node:path';
import { readPlan } from '../approval/index.ts';
import { makePlan, writePlan } from '../plan/index.ts';
import { countWrangler } from '../testing/counted-wrangler.ts';
import { errorOf, identify } from '../testing/index.ts';
import { FREE_LOCK, useRemoteDatabases } from '../testing/remote-databases.ts';
import { migrate } from './migrate.ts';

describe('the requests of a remote migrate', () => {
  const remote = useRemoteDatabases(3);

  /** What this process asked, apart from wrangler. */
  const asked = () =>
    remote.api.log
      .list()
      .filter(({ userAgent }) => !userAgent?.startsWith('wrangler'))
      .map(({ path }) => path.split('/').at(-1));

  it('are four, of which only the read of the status comes before the consent; wrangler is started once', async () => {
    const database = remote.make({ '0001_a.sql': 'CREATE TABLE a (x);\n' });
    const { workspace } = database;
    const started = countWrangler(workspace);
    const { target } = database;
    let beforeConsent: readonly unknown[] = [];
    const run = async () => {
      const earlier = started().length;
      remote.api.log.clear();
      const result = await migrate({
        target,
        identify,
        dryRun: false,
        skipRehearsal: true,
        approve: async () => void (beforeConsent = asked()),
      });
      return { ...result, processes: started().slice(earlier), requests: asked() };
    };

    // In a database without our tables the first read fails, and a second one asks which tables there are.
    expect(await run()).toMatchObject({
      outcome: 'applied',
      bookmark: expect.stringMatching(/^[0-9a-f-]{40,}$/),
      processes: ['d1 migrations apply'],
      requests: ['query', 'query', 'bookmark', 'query', 'query'],
    });

    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (x);\n' });
    expect(await run()).toMatchObject({
      outcome: 'applied',
      bookmark: expect.stringMatching(/^[0-9a-f-]{40,}$/),
      processes: ['d1 migrations apply'],
      requests: ['query', 'bookmark', 'query', 'query'],
    });
    expect(beforeConsent).toEqual(['query']);
  });

  it('are as many with a plan, whose schema is compared in the last one', async () => {
    const database = remote.make({ '0001_a.sql': 'CREATE TABLE a (x);\n' });
    const started = countWrangler(database.workspace);
    await database.applied();
    const { target, workspace } = database;
    const file = join(workspace.root, 'plan.json');
    const source = { kind: 'database' } as const;
    await writePlan(file, await makePlan({ target, workspaceRoot: workspace.root, identify, source }));
    const plan = await readPlan(file);
    remote.api.log.clear();
    const result = await migrate({ target, identify, dryRun: false, plan, approve: async () => undefined });
    expect(result).toMatchObject({ outcome: 'applied', warnings: [] });
    expect(started()).toEqual(['d1 migrations apply']);
    expect(asked()).toEqual(['query', 'bookmark', 'query', 'query']);
  });

  it('stop before anything is applied when another run was faster', async () => {
    const { target, sql, applied } = remote.make({ '0004_d.sql': 'CREATE TABLE d (x);\n' });
    await applied();
    const other = () => sql("INSERT INTO d1_migrations (name) VALUES ('theirs.sql')");
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
    const [tables = [], rows = [], lock = []] = await sql(
      `SELECT name FROM sqlite_master WHERE name = 'd'; SELECT * FROM d1_migrate_journal WHERE migration = '0004_d.sql'; ${FREE_LOCK}`,
    );
    expect({ tables, rows, lock }).toEqual({ tables: [], rows: [], lock: [{ free: 1 }] });
  });
});
