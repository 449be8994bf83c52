import { testWorkspace } from 'd1-core/testing';
import { reset } from '../reset/index.ts';
import { rehearse } from '../rehearse/index.ts';
import {
  errorOf,
  execute,
  identify,
  migratedWorkspace,
  migrateIn,
  query,
  statesIn,
  targetIn,
} from '../testing/index.ts';
import { meddledTarget } from '../testing/meddled-target.ts';

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n';
const AGAIN = "SELECT 1;\nDELETE FROM d1_migrations WHERE name = '0001_a.sql';\n";

describe('a migration that changes what the tools note', () => {
  const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_again.sql': AGAIN } });

  it.each([
    ['migrate', () => migrateIn(workspace)],
    ['a rehearsal', () => rehearse({ target: targetIn(workspace), source: { kind: 'database' } })],
    ['reset', () => reset({ target: targetIn(workspace), identify })],
  ])('is refused by %s before anything is applied', async (_, run) => {
    const error = await errorOf(run());
    expect(error).toMatchObject({
      code: 'touches-own-table',
      location: { line: 2, column: 13 },
    });
    expect(error.message).toContain('0002_again.sql changes d1_migrations.');
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'pending', '0002_again.sql': 'pending' });
  });
});

describe('what the tools note', () => {
  it('is not migrated past a trigger in the database that writes to it', async () => {
    const workspace = await migratedWorkspace({ '0001_a.sql': A });
    await execute(workspace, 'CREATE TRIGGER sly AFTER INSERT ON a BEGIN DELETE FROM d1_migrations; END');
    workspace.write({ 'migrations/0002_b.sql': 'INSERT INTO a VALUES (1);\n' });
    const error = await errorOf(migrateIn(workspace));
    expect(error.message).toContain('The trigger sly of this database changes d1_migrations');
    expect(error.fix).toContain(`--local --env=development --command='DROP TRIGGER "sly"'`);
    expect(await query(workspace, 'SELECT count(*) AS rows FROM a')).toEqual([{ rows: 0 }]);
  });

  it('is read back after the run, and what is not as it should be is reported', async () => {
    const workspace = await migratedWorkspace({ '0001_a.sql': A });
    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n' });
    const target = meddledTarget(workspace, {
      after: `sql("DELETE FROM d1_migrations WHERE name = '0001_a.sql'; UPDATE d1_migrate_metadata SET value = 'staging' WHERE key = 'environment'; DELETE FROM d1_migrate_journal WHERE id = 1");`,
    });
    const { outcome, error, migrations } = await migrateIn(workspace, { target });
    expect(migrations).toEqual([{ name: '0002_b.sql', outcome: 'applied' }]);
    expect(outcome).toBe('not-as-checked');
    expect(error?.message).toBe(
      'The history has lost 0001_a.sql: wrangler would apply it again. The journal has lost or changed 1 of its 2 rows. The stamp is "staging", and should be "development".',
    );
    expect(error?.fix).toContain('strategy=snapshot');
  });

  it('is left alone by a seed', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    workspace.write({
      'seed.sql': "INSERT INTO a VALUES (1);\nINSERT INTO d1_migrations (name) VALUES ('0002_b.sql');\n",
    });
    const seed = `${workspace.root}/seed.sql`;
    const error = await errorOf(reset({ target: targetIn(workspace), identify, seed }));
    expect(error).toMatchObject({ code: 'touches-own-table', location: { file: seed, line: 2, column: 13 } });
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'pending' });
  });
});
