import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { isD1Error } from 'd1-core/errors';
import {
  createHistoryStatement,
  journalStatements,
  stampStatements,
  type NewJournalEntry,
} from 'd1-core/history';
import { startCloudflareApi, type CloudflareApi } from 'cloudflare-api';
import { migrate, type MigrateResult } from '../migrate/index.ts';
import { readStatus } from '../status/index.ts';
import type { Target } from '../target/index.ts';
import { identify, startExecutor, targetIn } from '../testing/index.ts';
import { unlock } from '../unlock/index.ts';
import { faultPage } from './testing/fault-table.ts';
import { SCENARIOS, type FaultScenario } from './testing/scenarios.ts';

const MIGRATIONS = {
  '0001_a.sql': 'CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n',
  '0002_b.sql': 'CREATE TABLE b (x);\nINSERT INTO b VALUES (1);\n',
  '0003_c.sql': 'CREATE TABLE c (x);\nINSERT INTO c VALUES (1);\n',
};
const NAMES = Object.keys(MIGRATIONS);

const idOf = (scenario: FaultScenario): string =>
  `9b1c7d0e-5b7d-4a55-8f0c-${String(SCENARIOS.indexOf(scenario)).padStart(12, '0')}`;

const configOf = (scenario: FaultScenario): string => `
name = "test"
compatibility_date = "2025-08-01"
[env.staging]
[[env.staging.d1_databases]]
binding = "DB"
database_name = "test-staging"
database_id = "${idOf(scenario)}"
`;

/** The tables of a database that was migrated before, so that the status is read at once. */
const ownTables = ({ environment, wrangler }: Target): string =>
  [
    ...stampStatements(environment.name),
    createHistoryStatement('d1_migrations', { quoted: wrangler.can.quotesHistoryTable }),
    ...journalStatements([ANY_ENTRY]).slice(0, 1),
  ].join(';\n');

const ANY_ENTRY: NewJournalEntry = {
  ...{
    run: '',
    action: 'migrate',
    migration: null,
    outcome: 'started',
    rawChecksum: null,
    tokenChecksum: null,
  },
  ...{
    bookmark: null,
    actor: null,
    commit: null,
    wranglerVersion: '',
    pluginVersion: '',
    durationMs: null,
    detail: null,
  },
};

describe('a migrate on a remote database', () => {
  let api: CloudflareApi;
  const before = { ...process.env };
  beforeAll(async () => {
    api = await startCloudflareApi({
      databases: SCENARIOS.map((scenario) => ({ id: idOf(scenario), name: idOf(scenario) })),
    });
    await api.warmUp();
    Object.assign(process.env, api.env);
  });
  afterEach(() => {
    api.faults.clear();
    api.log.clear();
  });
  afterAll(async () => {
    await api.close();
    process.env = before;
  });

  /** Asks a database past wrangler, which takes a second for each question. */
  async function sql(scenario: FaultScenario, text: string): Promise<readonly (readonly object[])[]> {
    const response = await fetch(
      `${api.baseUrl}/accounts/${api.accountId}/d1/database/${idOf(scenario)}/query`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${api.apiToken}` },
        body: JSON.stringify({ sql: text }),
      },
    );
    const { result }: { result: { results: object[] }[] } = JSON.parse(await response.text());
    return result.map(({ results }) => results);
  }

  const run = (target: Target): Promise<MigrateResult> => {
    const id = randomUUID();
    return migrate({
      target,
      identify: async () => ({ ...(await identify()), run: id }),
      dryRun: false,
      approve: async () => undefined,
    });
  };

  /** What a run says, in the words of the scenarios. */
  async function outcomeOf(target: Target): Promise<FaultScenario['run']> {
    try {
      const { outcome, error, warnings } = await run(target);
      if (outcome !== 'applied' && outcome !== 'failed') throw new Error(`unexpected: ${outcome}`);
      return {
        outcome,
        ...(error === undefined ? {} : { code: error.code }),
        ...(warnings.length === 0 ? {} : { warns: true }),
      };
    } catch (error) {
      if (!isD1Error(error)) throw error;
      return { outcome: error.code === 'outcome-unknown' ? 'unknown' : 'refused', code: error.code };
    }
  }

  /** Starts a run as a process and kills it when the API has left a request without an answer. */
  async function killWhenHanging(workspace: TestWorkspace): Promise<FaultScenario['run']> {
    const child = startExecutor('migrate', workspace, { environment: 'staging' });
    const ended = child.then(() => true);
    const hangs = () => api.log.list().some(({ fault }) => fault === 'hang');
    while (!hangs() && !(await Promise.race([ended, setTimeout(50, false)])));
    child.kill('SIGKILL');
    await child;
    return { outcome: 'killed' };
  }

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const second = scenario.secondMigration ?? MIGRATIONS['0002_b.sql'];
    const workspace = testWorkspace({
      migrations: { ...MIGRATIONS, '0002_b.sql': second },
      wranglerToml: configOf(scenario),
    });
    const target = targetIn(workspace, { environment: 'staging' });
    await sql(scenario, ownTables(target));
    api.faults.add(
      ...scenario.faults((end) => `/accounts/${api.accountId}/d1/database/${idOf(scenario)}/${end}`),
    );

    const said = await (scenario.kill === true ? killWhenHanging(workspace) : outcomeOf(target));
    expect(said).toEqual(scenario.run);
    api.faults.clear();

    const done = NAMES.slice(0, scenario.applied);
    const { migrations } = await readStatus(target);
    expect(migrations.filter(({ state }) => state === 'applied').map(({ name }) => name)).toEqual(done);
    expect(await tablesOf(scenario)).toEqual(['a', 'b', 'c'].slice(0, scenario.applied));

    workspace.write({ 'migrations/0002_b.sql': MIGRATIONS['0002_b.sql'] });
    if (scenario.next === 'locked') {
      expect(await outcomeOf(target)).toEqual({ outcome: 'refused', code: 'locked' });
      await unlock({ target, approve: async () => undefined });
    }
    const next = await run(target);
    expect(next.outcome).toBe(scenario.next === 'nothing-pending' ? 'nothing-pending' : 'applied');
    expect(next.migrations.map(({ name }) => name)).toEqual(NAMES.slice(scenario.applied));
    expect(await tablesOf(scenario)).toEqual(['a', 'b', 'c']);
    expect(await sql(scenario, 'SELECT * FROM a; SELECT * FROM b; SELECT * FROM c')).toEqual([
      [{ x: 1 }],
      [{ x: 1 }],
      [{ x: 1 }],
    ]);
    const ends = await sql(
      scenario,
      `SELECT migration FROM d1_migrate_journal WHERE outcome = 'applied' ORDER BY migration`,
    );
    expect(ends).toEqual([NAMES.map((migration) => ({ migration }))]);
  });

  const tablesOf = async (scenario: FaultScenario) => {
    const [rows = []] = await sql(
      scenario,
      `SELECT name FROM sqlite_master WHERE length(name) < 5 ORDER BY name`,
    );
    return rows.map((row) => ('name' in row ? row.name : undefined));
  };
});

describe('the page about faults', () => {
  it('is what these scenarios make of it (npx node tools/fault-docs.ts writes it)', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/faults.md'), 'utf8');
    expect(page.split('\n').map(squeeze)).toEqual(faultPage(SCENARIOS).split('\n').map(squeeze));
  });

  /** Prettier widens the columns. */
  const squeeze = (line: string) => line.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---');
});
