import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { openTarget } from 'd1-core/target';
import { execa } from 'execa';
import { errorOf, identify, targetIn, testWorkspace } from 'd1-core/testing';
import { memberTarget } from '../members/member.ts';
import { MIGRATIONS } from '../testing/fleet.ts';
import { describeRollbackPlan } from './describe-rollback.ts';
import { fleetMigrate, type MigrateRequest } from './migrate.ts';
import { UNLIMITED } from './pace.ts';
import { fleetRollback, type FleetRollbackRequest } from './rollback.ts';
import { parseMaxFailures } from './run-waves.ts';

const D1_MIGRATE = join(import.meta.dirname, '../../../d1-migrate/src/cli.ts');
const TAGS = '0002_tags.sql';
const { '0003_year.sql': _, ...EARLIER } = MIGRATIONS;
const NAMES = ['acme', 'globex', 'initech', 'umbrella'];

describe('taking a migration back on a fleet', () => {
  const workspace = testWorkspace({ migrations: EARLIER });
  const target = targetIn(workspace);
  const request = (options: Partial<FleetRollbackRequest & MigrateRequest> = {}) => ({
    target,
    source: { list: join(workspace.root, 'tenants.json') },
    sample: 'all' as const,
    concurrency: 2,
    pace: UNLIMITED,
    sizes: '1,rest',
    canaries: [],
    only: [],
    skip: [],
    maxFailures: parseMaxFailures('0'),
    acceptDataLoss: [],
    dryRun: false,
    signal: new AbortController().signal,
    identify,
    approve: async () => undefined,
    ...options,
  });
  const sql = async (name: string, statement: string) => {
    const d1 = openTarget(memberTarget(target, { id: name, name, wave: undefined }));
    try {
      const [rows] = await d1.batch([statement]);
      return rows;
    } finally {
      await d1.close();
    }
  };
  const historyOf = async (name: string) =>
    (await sql(name, 'SELECT name FROM d1_migrations ORDER BY id'))?.map((row) => row['name']);

  beforeAll(async () => {
    workspace.write({ 'tenants.json': JSON.stringify(NAMES) });
    await fleetMigrate(request());
    await sql('acme', 'INSERT INTO tag (name) VALUES (1), (2)');
    await sql('globex', 'INSERT INTO tag (name) VALUES (3)');
    await sql('umbrella', 'ALTER TABLE art ADD COLUMN own TEXT');
    await execa(process.execPath, [D1_MIGRATE, 'rollback-script', TAGS], {
      cwd: workspace.root,
      stdin: 'ignore',
    });
  });

  it('shows the script and what the first database would lose, and changes nothing in a dry run', async () => {
    const { plan, left } = await fleetRollback(request({ dryRun: true }));
    expect(plan).toMatchObject({
      migration: TAGS,
      without: 0,
      hindered: 0,
      first: { member: { name: 'acme' } },
    });
    expect(plan.waves.map(({ members }) => members.length)).toEqual([1, 3]);
    const shown = describeRollbackPlan(target, plan).map(stripVTControlCharacters).join('\n');
    expect(shown).toContain('DROP TABLE tag');
    expect(shown).toContain('tag: 2 rows');
    expect(left).toHaveLength(4);
    expect(await historyOf('acme')).toEqual(Object.keys(EARLIER));
  });

  it('rolls it back where the schema is as the migrations left it, adds up what went, and names the others', async () => {
    const { rolledBack, losses, failed, stop } = await fleetRollback(
      request({ maxFailures: parseMaxFailures('1') }),
    );
    expect(rolledBack.map(({ name }) => name).toSorted()).toEqual(['acme', 'globex', 'initech']);
    expect(losses).toEqual([{ table: 'tag', column: undefined, count: 3 }]);
    expect(failed).toMatchObject([{ code: 'drifted', members: [{ name: 'umbrella' }] }]);
    expect(stop).toBeUndefined();
    expect(await historyOf('acme')).toEqual(['0001_init.sql']);
    expect(await historyOf('umbrella')).toEqual(Object.keys(EARLIER));
    expect(await sql('globex', "SELECT name FROM sqlite_schema WHERE name = 'tag'")).toEqual([]);
    const rows = await sql(
      'initech',
      "SELECT outcome FROM d1_migrate_journal WHERE action = 'rollback' ORDER BY id",
    );
    expect(rows).toEqual([{ outcome: 'started' }, { outcome: 'applied' }]);
  });

  it('takes nothing else back when it is run again for the same migration', async () => {
    const again = fleetRollback(request({ migration: TAGS }));
    expect(await errorOf(again)).toMatchObject({
      code: 'drifted',
      message: expect.stringMatching(/^umbrella: The schema is not as/),
    });
    const others = await fleetRollback(request({ migration: TAGS, skip: ['umbrella'] }));
    expect([others.plan.without, others.plan.waves]).toEqual([3, []]);
    expect(await historyOf('acme')).toEqual(['0001_init.sql']);
  });

  it('changes nothing where the migration has no script, and says so before it begins', async () => {
    expect(await errorOf(fleetRollback(request({ skip: ['umbrella'] })))).toMatchObject({
      code: 'no-rollback-script',
    });
    expect(await historyOf('acme')).toEqual(['0001_init.sql']);
  });

  it('does not roll back a migration after which others were applied', async () => {
    await fleetMigrate(request({ only: ['globex', 'initech'] }));
    workspace.write({ 'migrations/0003_year.sql': MIGRATIONS['0003_year.sql'] });
    await fleetMigrate(request({ only: ['initech'] }));
    const { failed, rolledBack } = await fleetRollback(
      request({ migration: TAGS, only: ['globex', 'initech'] }),
    );
    expect(rolledBack).toMatchObject([{ name: 'globex' }]);
    expect(failed).toMatchObject([{ code: 'not-the-last', members: [{ name: 'initech' }] }]);
    expect(await historyOf('initech')).toEqual(Object.keys(MIGRATIONS));
  });
});
