import { migrate } from '../apply/index.ts';
import { readStatus } from '../survey/index.ts';
import { errorOf, identify } from '../testing/index.ts';
import { FREE_LOCK, useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';
import { writeScripts } from '../testing/scripts.ts';
import { goBack, rollback, type RollbackRequest } from './index.ts';

const TABLES = {
  '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
  '0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n',
};

describe('taking migrations of a remote database back', () => {
  const remote = useRemoteDatabases();
  const approve = async () => undefined;

  /** A database with all migrations applied, and a rollback script for each. */
  async function migrated(migrations: Readonly<Record<string, string>> = TABLES): Promise<RemoteDatabase> {
    const database = remote.make(migrations);
    await writeScripts(database.workspace);
    await database.applied(...Object.keys(migrations).filter((name) => !name.includes('/')));
    return database;
  }

  const rollbackIn = ({ target }: RemoteDatabase, request: Partial<RollbackRequest> = {}) =>
    rollback({ target, identify, dryRun: false, acceptDataLoss: [], approve, ...request });
  const timeTravel = ({ target }: RemoteDatabase) =>
    goBack({ target, strategy: 'time-travel', identify, dryRun: false, approve });
  const states = async ({ target }: RemoteDatabase) =>
    (await readStatus(target)).migrations.map(({ state }) => state);

  it('wants every table named that loses rows, then rolls the migration back, and says its bookmark before', async () => {
    const database = await migrated();
    await database.sql('INSERT INTO b VALUES (1), (2)');
    expect(await errorOf(rollbackIn(database))).toMatchObject({
      code: 'data-loss-not-accepted',
      fix: expect.stringContaining('--acceptDataLoss=b'),
    });
    const shown: string[] = [];
    const result = await rollbackIn(database, {
      acceptDataLoss: ['b'],
      onBookmark: (bookmark) => shown.push(bookmark),
    });
    expect(result).toMatchObject({ outcome: 'rolled-back', warnings: [], bookmark: expect.any(String) });
    expect(shown).toEqual([result.bookmark]);
    expect(result.plan.losses).toEqual([{ table: 'b', column: undefined, count: 2 }]);
    expect(await states(database)).toEqual(['applied', 'pending']);
    expect(await database.sql(FREE_LOCK)).toEqual([[{ free: 1 }]]);
  });

  it('rolls one migration back when two people do it at once', async () => {
    const database = await migrated();
    const other = async () => ({ ...(await identify()), run: 'other', actor: 'grace' });
    // Both have read the same history before either of them changes anything.
    let arrived = 0;
    const together = async () => {
      arrived += 1;
      while (arrived < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const runs = await Promise.allSettled([
      rollbackIn(database, { approve: together }),
      rollbackIn(database, { approve: together, identify: other }),
    ]);
    const done = runs.filter((run) => run.status === 'fulfilled').map(({ value }) => value.outcome);
    const refused = runs.filter((run) => run.status === 'rejected').map(({ reason }) => reason.code);
    expect(done).toEqual(['rolled-back']);
    expect(['locked', 'changed-meanwhile']).toContain(refused[0]);
    expect(await states(database)).toEqual(['applied', 'pending']);
    expect(await database.sql(FREE_LOCK)).toEqual([[{ free: 1 }]]);
  });

  it('changes nothing more when somebody has taken the lock over', async () => {
    const database = await migrated();
    const takenOver = `UPDATE d1_migrate_metadata SET value = json_set(value, '$.run', 'other') WHERE key = 'lock'`;
    // After the row of the journal that says that it starts, and before the script.
    remote.api.faults.add({
      path: database.path('query'),
      bodyIncludes: 'DROP TABLE b',
      action: { kind: 'hold' },
    });
    const running = rollbackIn(database);
    while (!remote.api.log.list().some(({ fault }) => fault === 'hold')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await database.sql(takenOver);
    remote.api.faults.clear();
    expect(await running).toMatchObject({
      outcome: 'failed',
      error: { code: 'locked' },
      migrations: [{ name: '0002_b.sql', outcome: 'failed' }],
    });
    expect(await states(database)).toEqual(['applied', 'applied']);
  });

  it('takes an answer that was lost on the way for what the database says', async () => {
    const database = await migrated();
    remote.api.faults.add({
      path: database.path('query'),
      bodyIncludes: 'DROP TABLE b',
      action: { kind: 'cut', when: 'after' },
    });
    expect(await rollbackIn(database)).toMatchObject({ outcome: 'rolled-back', error: undefined });
  });

  it('says that the outcome is not known when the token is revoked on the way', async () => {
    const database = await migrated();
    const revoked = { kind: 'answer', status: 401, code: 10000, message: 'Authentication error' } as const;
    remote.api.faults.add(
      ...['DROP TABLE b', 'json_set', 'SELECT id, name, applied_at FROM'].map((bodyIncludes) => ({
        path: database.path('query'),
        bodyIncludes,
        // The first read of the history is that of the status, and the lock is held longer by the first write.
        call: bodyIncludes === 'DROP TABLE b' ? 1 : 2,
        times: 'all' as const,
        action: revoked,
      })),
    );
    const error = await errorOf(rollbackIn(database));
    expect(error).toMatchObject({ code: 'outcome-unknown', exitCode: 1 });
    expect(error.notes.join('\n')).toContain('The bookmark from before this run: ');
    expect(error.fix).toContain('"d1-migrate status"');
  });

  describe('by Time Travel', () => {
    /** A database whose last migration was applied by a run that noted a bookmark. */
    async function withBookmark(): Promise<RemoteDatabase> {
      const database = remote.make({ '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n' });
      await database.applied('0001_a.sql');
      await database.sql('INSERT INTO a VALUES (1)');
      database.workspace.write({ 'migrations/0002_b.sql': 'UPDATE a SET id = id + 1;\n' });
      const { target } = database;
      await migrate({ target, identify, dryRun: false, skipRehearsal: true, approve });
      await database.sql('INSERT INTO a VALUES (99)');
      return database;
    }

    it('goes back to the bookmark from before the last migrate, and loses what was written since', async () => {
      const database = await withBookmark();
      const result = await timeTravel(database);
      expect(result).toMatchObject({ outcome: 'restored', last: '0001_a.sql', undo: expect.any(String) });
      expect(await database.sql('SELECT id FROM a')).toEqual([[{ id: 1 }]]);
      expect(await states(database)).toEqual(['applied', 'pending']);
      const noted = `SELECT json_extract(detail, '$.undo') AS undo FROM d1_migrate_journal WHERE action = 'restore'`;
      expect(await database.sql(noted)).toEqual([[{ undo: result.undo }]]);
    });

    it('knows that it went back also when the answer was lost, and that it did not when the request was', async () => {
      const database = await withBookmark();
      const lost = { path: database.path('time_travel/restore') } as const;
      remote.api.faults.add({ ...lost, action: { kind: 'cut' } });
      const error = await errorOf(timeTravel(database));
      expect(error).toMatchObject({ code: 'network' });
      expect(error.notes[0]).toBe('Nothing was restored.');
      expect(await database.sql('SELECT max(id) AS id FROM a')).toEqual([[{ id: 99 }]]);
      expect(await database.sql(FREE_LOCK)).toEqual([[{ free: 1 }]]);

      remote.api.faults.add({ ...lost, action: { kind: 'cut', when: 'after' } });
      expect(await timeTravel(database)).toMatchObject({ outcome: 'restored', last: '0001_a.sql' });
      expect(await database.sql('SELECT id FROM a')).toEqual([[{ id: 1 }]]);
    });

    it('does not go back under a run that is at work, nor after one that has been', async () => {
      const database = await withBookmark();
      const restore = (meanwhile: string) =>
        goBack({
          target: database.target,
          strategy: 'time-travel',
          identify: async () => ({ ...(await identify()), run: 'second' }),
          dryRun: false,
          approve: async () => void (await database.sql(meanwhile)),
        });
      const held = `UPDATE d1_migrate_metadata SET value = json_set(value, '$.until', '2100-01-01T00:00:00Z') WHERE key = 'lock'`;
      expect(await errorOf(restore(held))).toMatchObject({ code: 'locked', exitCode: 11 });
      await database.sql(held.replace('2100', '2000'));
      const others = `INSERT INTO d1_migrations (name) VALUES ('theirs.sql')`;
      expect(await errorOf(restore(others))).toMatchObject({ code: 'changed-meanwhile' });
      expect(await database.sql('SELECT max(id) AS id FROM a')).toEqual([[{ id: 99 }]]);
    });
  });

  it('rolls back a migration whose script is longer than a command line', async () => {
    const tables = Array.from(
      { length: 900 },
      (_, index) =>
        `CREATE TABLE table_with_a_rather_long_name_so_that_its_script_is_long_${index} (id INTEGER PRIMARY KEY, value_with_a_long_name_${index} TEXT NOT NULL DEFAULT 'a default that takes some room on a line');`,
    );
    const names = tables.map(
      (_, index) => `DROP TABLE table_with_a_rather_long_name_so_that_its_script_is_long_${index};`,
    );
    const database = await migrated({
      '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
      '0002_tables.sql': `${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n${tables.slice(0, 3).join('\n')}\n`,
      'rollback/0002_tables.sql': `${names.slice(0, 3).join('\n')}\n${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n${names.join('\n').replaceAll('DROP TABLE', 'DROP TABLE IF EXISTS')}\n`,
    });
    const result = await rollbackIn(database);
    expect(result).toMatchObject({ outcome: 'rolled-back', error: undefined });
    expect(await states(database)).toEqual(['applied', 'pending']);
  });
});
