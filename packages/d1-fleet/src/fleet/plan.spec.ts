import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openTarget } from 'd1-core/target';
import { errorOf, identify, targetIn, testWorkspace } from 'd1-core/testing';
import { memberTarget } from '../members/member.ts';
import { MIGRATIONS } from '../testing/fleet.ts';
import { describeFleetPlan } from './describe-plan.ts';
import { fleetMigrate, type MigrateRequest } from './migrate.ts';
import { UNLIMITED } from './pace.ts';
import { fleetPlan, isReady, type FleetPlan } from './plan.ts';
import { readPlan, writePlan } from './plan-file.ts';
import { parseMaxFailures } from './run-waves.ts';

const { '0003_year.sql': LAST, ...EARLIER } = MIGRATIONS;
const NAMES = ['acme', 'globex', 'initech', 'umbrella'];

describe('planning the migrations of a fleet', () => {
  const workspace = testWorkspace({ migrations: EARLIER });
  const target = targetIn(workspace);
  const file = join(workspace.root, 'plan.json');
  const request = (options: Partial<MigrateRequest> = {}): MigrateRequest => ({
    target,
    source: { list: join(workspace.root, 'tenants.json') },
    sample: 'all',
    concurrency: 2,
    pace: UNLIMITED,
    sizes: 'rest',
    canaries: [],
    only: [],
    skip: [],
    maxFailures: parseMaxFailures('100%'),
    dryRun: false,
    signal: new AbortController().signal,
    identify,
    approve: async () => undefined,
    ...options,
  });
  const sql = async (name: string, statement: string) => {
    const d1 = openTarget(memberTarget(target, { id: name, name, wave: undefined }));
    try {
      return (await d1.batch([statement]))[0];
    } finally {
      await d1.close();
    }
  };
  let plan: FleetPlan;

  beforeAll(async () => {
    workspace.write({ 'tenants.json': JSON.stringify(NAMES) });
    await fleetMigrate(request());
    await sql('acme', "INSERT INTO art (title) VALUES ('a'), ('b')");
    await sql('globex', 'ALTER TABLE art ADD COLUMN year INTEGER');
    workspace.write({ 'migrations/0003_year.sql': LAST });
    plan = await fleetPlan({ ...request(), rehearsals: 2 });
    await writePlan(file, plan.file);
  });

  it('rehearses on databases of each history and schema, and names the group that cannot take the migrations', () => {
    expect(plan.file.groups).toMatchObject([
      {
        databases: 3,
        pending: ['0003_year.sql'],
        passed: true,
        rehearsals: [
          { name: 'acme', outcome: 'passed', rows: 2 },
          { name: 'initech', outcome: 'passed', rows: 0 },
        ],
      },
      { databases: 1, passed: false, rehearsals: [{ name: 'globex', outcome: 'failed' }] },
    ]);
    expect(isReady(plan)).toBe(false);
    const shown = describeFleetPlan(target, 0.8, plan, undefined).join('\n');
    expect(shown).toContain('duplicate column name: year');
    expect(shown).toContain('Up to 6 rows in the tables that they write');
  });

  it('changes no database, and leaves no record that migrate would take for a rehearsal', async () => {
    expect(await sql('acme', "SELECT name FROM pragma_table_info('art')")).toEqual([
      { name: 'id' },
      { name: 'title' },
    ]);
    expect(existsSync(join(workspace.root, '.d1', 'rehearsals'))).toBe(false);
  });

  it.each([
    ['edited by hand', (text: string) => text.replace('"passed": false', '"passed": true'), 'plan-edited'],
    ['not a plan', () => '{"version": 1}', 'not-a-plan'],
    ['cut off', (text: string) => text.slice(0, 100), 'not-a-plan'],
  ])('refuses a plan that is %s', async (_, change, code) => {
    workspace.write({ 'other.json': change(readFileSync(file, 'utf8')) });
    expect(await errorOf(readPlan(join(workspace.root, 'other.json')))).toMatchObject({ code, exitCode: 2 });
  });

  it('refuses a plan when the folder is not the one that was rehearsed', async () => {
    const approved = await readPlan(file);
    workspace.write({ 'migrations/0004_more.sql': 'CREATE TABLE more (id INTEGER);\n' });
    const error = await errorOf(fleetMigrate(request({ plan: approved })));
    rmSync(join(workspace.root, 'migrations/0004_more.sql'));
    expect(error).toMatchObject({
      code: 'plan-outdated',
      message: expect.stringContaining('0004_more.sql stands where the plan has nothing'),
    });
    const staging = { ...target, environment: { ...target.environment, name: 'staging' } };
    expect(await errorOf(fleetMigrate(request({ plan: approved, target: staging })))).toMatchObject({
      code: 'plan-of-another-database',
    });
  });

  it('is needed on a protected environment', async () => {
    const guarded = { ...target, environment: { ...target.environment, protected: true } };
    const error = await errorOf(fleetMigrate(request({ target: guarded })));
    expect(error).toMatchObject({ code: 'not-rehearsed', exitCode: 2 });
  });

  it('migrates only databases of groups that passed', async () => {
    const { applied, refused, failed } = await fleetMigrate(request({ plan: await readPlan(file) }));
    expect(applied.map(({ name }) => name).toSorted()).toEqual(['acme', 'initech', 'umbrella']);
    expect(refused).toMatchObject([{ member: { name: 'globex' } }]);
    expect(failed).toEqual([]);
    expect(await sql('globex', 'SELECT count(*) AS n FROM d1_migrations')).toEqual([{ n: 2 }]);
    expect(await sql('acme', 'SELECT DISTINCT year FROM art')).toEqual([{ year: 2000 }]);
  });
});
