import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { wranglerTarget } from 'd1-core/target';
import { runWrangler, targetArguments } from 'd1-core/wrangler';
import { errorOf, execute, migrateIn, query, statesIn, targetIn } from '../testing/index.ts';

const A = 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n';
const BAD = 'CREATE TABLE b (id INTEGER PRIMARY KEY);\nVACUUM;\n';
const GOOD = 'CREATE TABLE b (id INTEGER PRIMARY KEY, note TEXT);\n';

/** Applies what is pending with wrangler alone. */
async function applyWithWrangler(workspace: TestWorkspace): Promise<void> {
  const target = targetIn(workspace);
  await runWrangler(target.wrangler, {
    args: ['d1', 'migrations', 'apply', ...targetArguments(wranglerTarget(target))],
    cwd: workspace.root,
  });
}

describe('what wrangler alone has applied', () => {
  it('after a run that failed is not taken for what had failed', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A, '0002_b.sql': BAD } });
    expect(await migrateIn(workspace)).toMatchObject({ outcome: 'failed' });
    workspace.write({ 'migrations/0002_b.sql': GOOD });
    await applyWithWrangler(workspace);
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'applied', '0002_b.sql': 'applied' });
    expect(await migrateIn(workspace)).toMatchObject({ outcome: 'nothing-pending' });
    expect(await statesIn(workspace)).toEqual({ '0001_a.sql': 'applied', '0002_b.sql': 'applied' });
    const rows = await query(
      workspace,
      `SELECT action FROM d1_migrate_journal WHERE migration = '0002_b.sql'`,
    );
    expect(rows.map(({ action }) => action)).toEqual(['migrate', 'migrate', 'adopt']);

    workspace.write({ 'migrations/0002_b.sql': BAD });
    expect(await statesIn(workspace)).toMatchObject({ '0002_b.sql': 'modified' });
  });
});

describe('a migration whose row somebody has deleted from the history', () => {
  it('does not run a second time until the journal says that it was rolled back', async () => {
    const workspace = testWorkspace({ migrations: { '0001_a.sql': A } });
    await migrateIn(workspace);
    await execute(workspace, 'DELETE FROM d1_migrations');
    const error = await errorOf(migrateIn(workspace));
    expect(error).toMatchObject({ code: 'applied-before' });
    const [, insert = ''] = /--command="(.*)"$/.exec(error.fix) ?? [];
    await execute(workspace, 'DROP TABLE a', insert);
    expect(await migrateIn(workspace)).toMatchObject({ outcome: 'applied' });
  });
});
