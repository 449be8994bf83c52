import { setTimeout } from 'node:timers/promises';
import { startCloudflareApi, type CloudflareApiOptions } from 'cloudflare-api';
import { takeLockStatements } from 'd1-core/records';
import { runWrangler } from 'd1-core/wrangler';
import { readStatus } from '../survey/index.ts';
import { errorOf, identify, targetIn } from '../testing/index.ts';
import {
  EXPIRE_LOCK,
  FREE_LOCK,
  useRemoteDatabases,
  type RemoteDatabase,
} from '../testing/remote-databases.ts';
import { migrate, type MigrateRequest, type MigrateResult } from './index.ts';

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL);\n';
const B = "INSERT INTO a (x) VALUES ('one');\n";

describe('migrating a remote database', () => {
  const remote = useRemoteDatabases();

  const migrateIn = (
    { target }: RemoteDatabase,
    request: Partial<MigrateRequest> = {},
  ): Promise<MigrateResult> =>
    migrate({ target, identify, dryRun: false, approve: async () => undefined, ...request });

  const other = async () => ({ ...(await identify()), run: 'other', actor: 'grace' });

  it('applies, records and reads again, and touches no local database', async () => {
    const database = remote.make({ '0001_a.sql': A, '0002_b.sql': B });
    const { target, workspace, sql } = database;
    expect(await readStatus(target)).toMatchObject({ pending: 2, consistent: true });

    const { outcome, migrations } = await migrateIn(database);
    expect(outcome).toBe('applied');
    expect(migrations.map((migration) => migration.outcome)).toEqual(['applied', 'applied']);
    expect(await sql('SELECT x FROM a')).toEqual([[{ x: 'one' }]]);
    expect(await readStatus(target)).toMatchObject({ pending: 0, consistent: true });
    expect(await readStatus(targetIn(workspace))).toMatchObject({ pending: 2 });

    workspace.write({ 'migrations/0003_bad.sql': 'CREATE TABLE c (x);\nVACUUM;\n' });
    const failed = await migrateIn(database, { skipRehearsal: true });
    expect(failed.outcome).toBe('failed');
    expect(failed.error).toMatchObject({ code: 'sql-not-authorized', location: { line: 2, column: 1 } });
    expect(await readStatus(target)).toMatchObject({ pending: 1 });
  });

  it('notes the bookmark, with which Time Travel goes back to before the run', async () => {
    const database = remote.make({ '0001_a.sql': A });
    const { target, workspace, sql } = database;
    const shown: string[] = [];
    const { bookmark } = await migrateIn(database, { onBookmark: (value) => shown.push(value) });
    expect(shown).toEqual([bookmark]);
    expect(await sql('SELECT DISTINCT bookmark FROM d1_migrate_journal')).toEqual([[{ bookmark }]]);

    const restored = await runWrangler(target.wrangler, {
      args: ['d1', 'time-travel', 'restore', 'DB', '--env=production', `--bookmark=${bookmark}`, '--json'],
      cwd: workspace.root,
    });
    expect(restored.exitCode).toBe(0);
    expect(await readStatus(target)).toMatchObject({ pending: 1 });
  });

  it('lets one of two runs do the work that both have seen pending, and the other say why it does not', async () => {
    const database = remote.make({ '0001_a.sql': A, '0002_b.sql': B });
    await database.applied();
    let arrived = 0;
    const approve = async () => {
      arrived += 1;
      while (arrived < 2) await setTimeout(20);
    };
    const runs = await Promise.allSettled([
      migrateIn(database, { approve }),
      migrateIn(database, { approve, identify: other }),
    ]);
    const done = runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value.outcome] : []));
    const refused = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason.code] : []));
    expect(done).toEqual(['applied']);
    // It comes while the lock is held, or just after.
    expect(['locked', 'changed-meanwhile']).toContain(refused[0]);
    expect(await database.sql('SELECT count(*) AS rows FROM a')).toEqual([[{ rows: 1 }]]);
    expect(await database.sql('SELECT count(*) AS rows FROM d1_migrations')).toEqual([[{ rows: 2 }]]);
    expect((await migrateIn(database)).outcome).toBe('nothing-pending');
  });

  it('leaves while another run holds the lock, says who it is, and takes the lock over when it has expired', async () => {
    const database = remote.make({ '0001_a.sql': A });
    await database.applied();
    await database.sql(takeLockStatements('dead', 'ada on laptop', 60).join(';'));
    const error = await errorOf(migrateIn(database));
    expect(error).toMatchObject({ code: 'locked', exitCode: 11 });
    expect(error.message).toMatch(/^ada on laptop has been changing this database since \d{4}-.*Z\.$/);
    await database.sql(EXPIRE_LOCK);
    expect((await migrateIn(database)).outcome).toBe('applied');
    expect(await database.sql(FREE_LOCK)).toEqual([[{ free: 1 }]]);
  });

  it('says so when another run has taken the lock over while it was at work, and leaves it the lock', async () => {
    const database = remote.make({ '0001_a.sql': A });
    const { sql, path } = database;
    await database.applied();
    remote.api.faults.add({
      path: path('query'),
      bodyIncludes: 'CREATE TABLE a',
      action: { kind: 'hold' },
    });
    const running = migrateIn(database);
    while (!remote.api.log.list().some(({ fault }) => fault === 'hold')) await setTimeout(20);
    await sql(`${EXPIRE_LOCK}; ${takeLockStatements('other', 'grace on desktop', 60).join(';')}`);
    remote.api.faults.clear();
    const { outcome, warnings } = await running;
    expect(outcome).toBe('applied');
    expect(warnings).toEqual([expect.stringMatching(/^grace on desktop has taken the lock over at \d{4}-/)]);
    expect(await sql(FREE_LOCK)).toEqual([[{ free: 0 }]]);
  });

  it('takes an answer that was lost on the way for what the database says', async () => {
    const database = remote.make({ '0001_a.sql': A, '0002_b.sql': B });
    await database.applied();
    remote.api.faults.add({
      path: database.path('query'),
      bodyIncludes: 'CREATE TABLE a',
      action: { kind: 'cut', when: 'after' },
    });
    const result = await migrateIn(database);
    expect(result.migrations).toEqual([
      { name: '0001_a.sql', outcome: 'applied' },
      { name: '0002_b.sql', outcome: 'not-run' },
    ]);
    expect(result.error).toMatchObject({
      code: 'network',
      message: 'The run stopped at 0002_b.sql: Cloudflare could not be reached.',
    });
    expect(result.error?.notes.join('\n')).toContain('In the history now: 0001_a.sql.');
    expect((await migrateIn(database, { skipRehearsal: true })).migrations).toEqual([
      { name: '0002_b.sql', outcome: 'applied' },
    ]);
    expect(await database.sql('SELECT count(*) AS rows FROM a')).toEqual([[{ rows: 1 }]]);
  });

  it('explains a token that Cloudflare refuses', async () => {
    const { target } = remote.make({ '0001_a.sql': A });
    process.env['CLOUDFLARE_API_TOKEN'] = 'not-a-token-of-this-account';
    const error = await errorOf(readStatus(target));
    expect(error.code).toBe('token-refused');
    expect(JSON.stringify(error.notes)).not.toContain('not-a-token-of-this-account');
  });

  /** What a status says that asks another API than that of the other tests. */
  async function errorAt(options: CloudflareApiOptions, variables: object = {}) {
    const { target } = remote.make({ '0001_a.sql': A });
    const api = await startCloudflareApi(options);
    try {
      Object.assign(process.env, api.env, variables);
      return await errorOf(readStatus(target));
    } finally {
      await api.close();
    }
  }

  it('explains a database that is not in the account', async () => {
    expect(await errorAt({ databases: [] })).toMatchObject({ code: 'unknown-database', exitCode: 2 });
  });

  it('explains a login that reaches several accounts', async () => {
    const [one, two] = [
      { id: 'a'.repeat(32), name: 'One' },
      { id: 'b'.repeat(32), name: 'Two' },
    ] as const;
    const options = { accounts: [one, two], tokens: { 'token-for-two-accounts': [one.id, two.id] } } as const;
    expect(await errorAt(options, { CLOUDFLARE_ACCOUNT_ID: '' })).toMatchObject({
      code: 'several-accounts',
      exitCode: 2,
    });
  });
});
