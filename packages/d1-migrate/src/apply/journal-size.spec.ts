import { readStatus } from '../survey/index.ts';
import { identify } from '../testing/index.ts';
import { useRemoteDatabases } from '../testing/remote-databases.ts';
import { migrate } from './index.ts';

const COUNT = 320;

describe('the journal of a run with many migrations', () => {
  const remote = useRemoteDatabases(2);
  const names = Array.from({ length: COUNT }, (_, index) => `${String(index + 1).padStart(4, '0')}_step.sql`);

  it('is written in as many calls as a command line needs', async () => {
    const database = remote.make(
      Object.fromEntries(
        names.flatMap((name, index) => [
          [name, `CREATE TABLE t${index} (x);\n`],
          // Together as much as the journal keeps of them.
          [`rollback/${name}`, `-- ${'long '.repeat(20)}\nDROP TABLE t${index};\n`],
        ]),
      ),
    );
    const { target, sql } = database;
    await database.applied();
    const run = { target, identify, dryRun: false, approve: async () => undefined };
    expect(await migrate(run)).toMatchObject({ outcome: 'applied', warnings: [] });
    expect((await readStatus(target)).pending).toBe(0);
    const rows = `SELECT outcome, count(*) AS rows, count(DISTINCT migration) AS migrations FROM d1_migrate_journal GROUP BY outcome ORDER BY outcome`;
    expect(await sql(rows)).toEqual([
      [
        { outcome: 'applied', rows: COUNT, migrations: COUNT },
        { outcome: 'started', rows: COUNT, migrations: COUNT },
      ],
    ]);
  });

  it('is completed once, when two find at the same time that it lacks something', async () => {
    const database = remote.make({ '0001_a.sql': 'CREATE TABLE a (x);\n' });
    const { target, sql } = database;
    await database.applied('0001_a.sql');
    const complete = (run: string) =>
      migrate({
        target,
        identify: async () => ({ ...(await identify()), run }),
        dryRun: false,
        approve: async () => undefined,
      });
    await Promise.all([complete('one'), complete('two')]);
    expect(await sql('SELECT action, migration, outcome FROM d1_migrate_journal')).toEqual([
      [{ action: 'adopt', migration: '0001_a.sql', outcome: 'applied' }],
    ]);
  });
});
