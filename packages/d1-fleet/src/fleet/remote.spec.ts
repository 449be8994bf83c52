import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { askDatabase, startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import {
  errorOf,
  identify,
  remoteConfig,
  targetIn,
  testWorkspace,
  type TestWorkspace,
} from 'd1-core/testing';
import { MIGRATIONS } from '../testing/fleet.ts';
import { fleetMigrate, type MigrateRequest } from './migrate.ts';
import { UNLIMITED } from './pace.ts';
import { isEven, reportOf } from './report.ts';
import { parseMaxFailures } from './run-waves.ts';
import { fleetStatus } from './status.ts';

const { '0003_year.sql': LAST, ...EARLIER } = MIGRATIONS;

/** Databases of one fleet; each test has a fleet of its own. */
const COUNT = 8;
const FLEETS = 20;
/** The database of the target, which is no tenant's. */
const CONTROL = 9999;
const idOf = (place: number) => `9b1c7d0e-5b7d-4a55-8f0c-${String(place).padStart(12, '0')}`;

describe('a fleet at Cloudflare', () => {
  const before = { ...process.env };
  let api: CloudflareApi;
  let workspace: TestWorkspace;
  let fleet = -1;
  const place = (index: number) => fleet * 100 + index;
  const nameOf = (index: number) => `fleet-${fleet}-tenant-${index}`;

  beforeAll(async () => {
    const databases = Array.from({ length: FLEETS * COUNT }, (_, index) => {
      const [of, tenant] = [Math.floor(index / COUNT), index % COUNT];
      return { id: idOf(of * 100 + tenant), name: `fleet-${of}-tenant-${tenant}` };
    });
    api = await startCloudflareApi({ databases: [...databases, { id: idOf(CONTROL), name: 'control' }] });
    await api.warmUp();
  });
  afterAll(() => api.close());

  /** A fleet that has the first two migrations, while the folder has three. */
  beforeEach(async () => {
    fleet += 1;
    Object.assign(process.env, api.env);
    const wranglerToml = remoteConfig(idOf(CONTROL), 'control', 'staging');
    workspace = testWorkspace({ migrations: EARLIER, wranglerToml });
    await migrate();
    workspace.write({ 'migrations/0003_year.sql': LAST });
    api.log.clear();
  });
  afterEach(() => {
    api.faults.clear();
    process.env = { ...before };
  });

  const request = (options: Partial<MigrateRequest>): MigrateRequest => ({
    target: targetIn(workspace, { environment: 'staging' }),
    source: { match: `fleet-${fleet}-*` },
    sample: 2,
    concurrency: 3,
    pace: UNLIMITED,
    sizes: '1,3,rest',
    canaries: [],
    only: [],
    skip: [],
    maxFailures: parseMaxFailures('0'),
    dryRun: false,
    signal: new AbortController().signal,
    identify,
    approve: async () => undefined,
    ...options,
  });
  const migrate = (options: Partial<MigrateRequest> = {}) => fleetMigrate(request(options));
  const status = async (options: Partial<MigrateRequest> = {}) =>
    reportOf(await fleetStatus(request(options)));
  const sql = (index: number, text: string) =>
    askDatabase(api, index === CONTROL ? idOf(CONTROL) : idOf(place(index)), text);
  const queries = () => api.log.list().filter(({ path }) => path.endsWith('/query')).length;

  it('takes one request for each database that it has seen before, and a sample', async () => {
    const { applied, failed, stop } = await migrate();
    expect([applied.length, failed, stop]).toEqual([COUNT, [], undefined]);
    // The two of the sample were found after, as the ledger has them.
    expect(queries()).toBe(COUNT + 2);
    expect(isEven(await status({ sample: 'all' }))).toBe(true);
  });

  it('answers for an unchanged fleet from what it saw, after asking a sample', async () => {
    const report = await status();
    expect([report.asked, queries()]).toEqual([2, 2]);
    expect(report.groups).toMatchObject([{ newest: '0002_tags.sql', state: 'behind', pending: 1 }]);
  });

  it('asks all of them when the sample is not as it was, or when the ledger is lost', async () => {
    await sql(0, 'CREATE TABLE extra (id INTEGER)');
    const report = await status();
    expect(report.asked).toBe(COUNT);
    expect(report.otherSchemas.map(({ member }) => member.name)).toEqual([nameOf(0)]);
    rmSync(join(workspace.root, '.d1', 'fleet'), { recursive: true });
    expect(await status()).toMatchObject({ asked: COUNT, groups: report.groups });
  });

  it('stops after the wave in which too many fail, names them by what they say, and goes on where it ended', async () => {
    await Promise.all([2, 3].map((index) => sql(index, 'ALTER TABLE art ADD COLUMN year INTEGER')));
    const { applied, failed, left, stop } = await migrate({
      maxFailures: parseMaxFailures('1'),
      concurrency: 1,
    });
    expect(stop).toEqual({ reason: 'too-many-failures', wave: '3', failed: 2 });
    expect(failed).toMatchObject([
      { code: 'sql-error', members: [{ name: nameOf(2) }, { name: nameOf(3) }] },
    ]);
    expect([applied.length, left.length]).toEqual([2, COUNT - 4]);
    const again = await migrate({ skip: [nameOf(2), nameOf(3)] });
    expect([again.applied.length, again.failed]).toEqual([COUNT - 4, []]);
    expect(again.plan.current).toBe(2);
    const [rows = []] = await sql(
      0,
      "SELECT count(*) AS n FROM d1_migrate_journal WHERE migration = '0003_year.sql'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('begins with the canaries, and ends after the last wave that is wanted', async () => {
    const { applied, plan } = await migrate({ canaries: [nameOf(7)], lastWave: 2 });
    expect(plan.waves.map(({ name }) => name)).toEqual(['canaries', '1']);
    expect(applied.map(({ name }) => name)).toEqual([nameOf(7), nameOf(0)]);
  });

  it('names a database that was deleted meanwhile, and one that it may not read', async () => {
    api.faults.add({
      path: `*/${idOf(place(5))}/query`,
      times: 'all',
      action: { kind: 'answer', status: 403, code: 10000, message: 'Authentication error' },
    });
    const report = await status({ sample: 'all' });
    expect(report.errors).toMatchObject([{ members: [{ name: nameOf(5) }] }]);
    expect(report.groups.flatMap(({ members }) => members)).toHaveLength(COUNT - 1);
  });

  it('sends again what Cloudflare refused for the rate', async () => {
    const retryAfter = { kind: 'answer', status: 429, code: 971, retryAfter: 0 } as const;
    api.faults.add({ path: '*/query', times: 3, action: retryAfter });
    expect(await migrate()).toMatchObject({ failed: [], stop: undefined });
    expect(isEven(await status({ sample: 'all' }))).toBe(true);
  });

  it('says at once that no database can be read, when it is the token', async () => {
    process.env['CLOUDFLARE_API_TOKEN'] = 'revoked-token-0123456789';
    expect(await errorOf(status({ source: { match: '*' } }))).toMatchObject({ code: 'token-refused' });
  });

  it('takes a fleet from a query on the database of the target', async () => {
    await sql(
      CONTROL,
      `CREATE TABLE tenants AS SELECT '${idOf(place(3))}' AS database_id, 'three' AS name, 'early' AS wave UNION ALL SELECT '${idOf(place(4))}', 'four', NULL`,
    );
    const { plan, applied } = await migrate({ source: { query: 'SELECT * FROM tenants' } });
    expect(plan.waves.map(({ name, members }) => [name, members.length])).toEqual([
      ['early', 1],
      ['rest', 1],
    ]);
    expect(applied.map(({ name }) => name)).toEqual(['three', 'four']);
  });

  it.each([
    [{ source: {} }, 'no-source'],
    [{ source: { match: 'a', query: 'SELECT 1' } }, 'no-source'],
    [{ source: { match: 'nobody-*' } }, 'no-members'],
    [{ skip: ['nobody'] }, 'unknown-member'],
    [{ source: { query: "SELECT 'a' AS id UNION ALL SELECT 'a'" } }, 'duplicate-member'],
    [{ source: { query: "SELECT 'nobody' AS name" } }, 'unknown-member'],
  ] as const)('changes nothing for %j', async (options, code) => {
    expect(await errorOf(migrate(options))).toMatchObject({ code, exitCode: 2 });
    expect(reportOf(await fleetStatus(request({}))).groups).toMatchObject([{ state: 'behind' }]);
  });
});
