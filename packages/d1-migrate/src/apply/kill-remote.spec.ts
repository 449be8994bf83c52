import { setTimeout } from 'node:timers/promises';
import { errorOf, identify, startExecutor } from '../testing/index.ts';
import { EXPIRE_LOCK, useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';
import { unlock } from '../unlock/index.ts';
import { migrate } from './index.ts';

const MIGRATIONS = {
  '0001_a.sql': 'CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n',
  '0002_b.sql': 'CREATE TABLE b (x);\nINSERT INTO b VALUES (1);\n',
};
const NAMES = Object.keys(MIGRATIONS);

/** What a migrate sends, in its order; of each the server does the work, and the process dies before the answer. */
const REQUESTS = [
  'the status was read',
  'the bookmark was read',
  'the lock was taken',
  'wrangler made its table',
  'wrangler read its table',
  'the first migration was applied',
  'the last migration was applied',
  'the journal was written',
];

describe('a remote migrate that is ended by SIGKILL', () => {
  const remote = useRemoteDatabases(REQUESTS.length + 1);
  const approve = async () => undefined;

  async function fresh(): Promise<RemoteDatabase> {
    const database = remote.make(MIGRATIONS, 'staging');
    await database.applied();
    return database;
  }

  async function killWhen({ workspace }: RemoteDatabase, fault: 'hang' | 'hold'): Promise<void> {
    const child = startExecutor('migrate', workspace, { environment: 'staging' });
    const ended = child.then(() => true);
    const struck = () => remote.api.log.list().some((request) => request.fault === fault);
    while (!struck() && !(await Promise.race([ended, setTimeout(50, false)])));
    expect(struck()).toBe(true);
    child.kill('SIGKILL');
    await child;
  }

  const migrateIn = ({ target }: RemoteDatabase) =>
    migrate({
      target,
      identify: async () => ({ ...(await identify()), run: 'next' }),
      dryRun: false,
      approve,
    });

  async function expectAllDone({ sql }: RemoteDatabase): Promise<void> {
    expect(await sql('SELECT * FROM a; SELECT * FROM b')).toEqual([[{ x: 1 }], [{ x: 1 }]]);
    expect(await sql('SELECT name FROM d1_migrations ORDER BY id')).toEqual([
      NAMES.map((name) => ({ name })),
    ]);
    const ends = `SELECT migration FROM d1_migrate_journal WHERE outcome = 'applied' ORDER BY migration`;
    expect(await sql(ends)).toEqual([NAMES.map((migration) => ({ migration }))]);
  }

  it.each(REQUESTS.map((name, index) => [name, index + 1] as const))(
    'after %s leaves what the status says, and the next runs apply the rest once',
    async (_, call) => {
      const database = await fresh();
      remote.api.faults.add({ path: database.path('*'), call, action: { kind: 'hang', when: 'after' } });
      await killWhen(database, 'hang');
      remote.api.faults.clear();
      const [tables = []] = await database.sql(
        `SELECT name FROM sqlite_master WHERE name IN ('a', 'b') ORDER BY name`,
      );
      await database.sql(EXPIRE_LOCK);
      const { survey } = await migrateIn(database);
      // Each run begins with the status.
      expect(survey.migrations.filter(({ state }) => state === 'applied')).toHaveLength(tables.length);
      await expectAllDone(database);
    },
  );

  it('ends wrangler, and keeps others away from what the server may still do', async () => {
    const database = await fresh();
    const { target, path, sql } = database;
    remote.api.faults.add({
      path: path('query'),
      bodyIncludes: 'CREATE TABLE a ',
      action: { kind: 'hold' },
    });
    await killWhen(database, 'hold');
    expect(await errorOf(migrateIn(database))).toMatchObject({ code: 'locked', exitCode: 11 });
    remote.api.faults.clear();
    const applied = async () => (await sql('SELECT name FROM d1_migrations'))[0]?.map(({ name }) => name);
    while ((await applied())?.length === 0) await setTimeout(50);
    await unlock({ target, approve });
    const { outcome, migrations } = await migrateIn(database);
    expect({ outcome, names: migrations.map(({ name }) => name) }).toEqual({
      outcome: 'applied',
      names: ['0002_b.sql'],
    });
    await expectAllDone(database);
  });
});
