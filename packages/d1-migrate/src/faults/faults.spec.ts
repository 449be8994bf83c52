import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isD1Error } from 'd1-core/errors';
import { migrate, type MigrateResult } from '../apply/index.ts';
import type { DatabaseStatus } from '../survey/index.ts';
import type { Target } from 'd1-core/target';
import { identify, startExecutor } from '../testing/index.ts';
import { useRemoteDatabases, type RemoteDatabase } from '../testing/remote-databases.ts';
import { unlock } from '../unlock/index.ts';
import { faultPage } from './testing/fault-table.ts';
import { SCENARIOS, type FaultScenario } from './testing/scenarios.ts';

const MIGRATIONS = {
  '0001_a.sql': 'CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n',
  '0002_b.sql': 'CREATE TABLE b (x);\nINSERT INTO b VALUES (1);\n',
  '0003_c.sql': 'CREATE TABLE c (x);\nINSERT INTO c VALUES (1);\n',
};
const NAMES = Object.keys(MIGRATIONS);

describe('a migrate on a remote database', () => {
  const remote = useRemoteDatabases(SCENARIOS.length);

  const run = (target: Target, signal?: AbortSignal): Promise<MigrateResult> => {
    const id = randomUUID();
    return migrate({
      target,
      identify: async () => ({ ...(await identify()), run: id }),
      dryRun: false,
      approve: async () => undefined,
      signal,
    });
  };

  /** What a run says, in the words of the scenarios. */
  async function outcomeOf(target: Target, signal?: AbortSignal): Promise<FaultScenario['run']> {
    try {
      const { outcome, error, warnings } = await run(target, signal);
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

  /** Until the API has left a request without an answer, or the run has ended without one. */
  async function untilItHangs(run: Promise<unknown>): Promise<void> {
    const ended = run.then(() => true);
    const hangs = () => remote.api.log.list().some(({ fault }) => fault === 'hang');
    while (!hangs() && !(await Promise.race([ended, setTimeout(50, false)])));
  }

  async function killed({ workspace }: RemoteDatabase): Promise<FaultScenario['run']> {
    const child = startExecutor('migrate', workspace, { environment: 'staging' });
    await untilItHangs(child);
    child.kill('SIGKILL');
    await child;
    return { outcome: 'killed' };
  }

  async function interrupted({ target }: RemoteDatabase): Promise<FaultScenario['run']> {
    const controller = new AbortController();
    const said = outcomeOf(target, controller.signal);
    await untilItHangs(said);
    controller.abort();
    return said;
  }

  function runUnder({ end }: FaultScenario, database: RemoteDatabase): Promise<FaultScenario['run']> {
    if (end === undefined) return outcomeOf(database.target);
    return end === 'kill' ? killed(database) : interrupted(database);
  }

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const second = scenario.secondMigration ?? MIGRATIONS['0002_b.sql'];
    const database = remote.make({ ...MIGRATIONS, '0002_b.sql': second }, 'staging');
    const { target, workspace, sql } = database;
    await database.applied();
    remote.api.faults.add(...scenario.faults(database.path));

    expect(await runUnder(scenario, database)).toEqual(scenario.run);
    remote.api.faults.clear();

    expect(await tablesOf(database)).toEqual(['a', 'b', 'c'].slice(0, scenario.applied));

    workspace.write({ 'migrations/0002_b.sql': MIGRATIONS['0002_b.sql'] });
    if (scenario.next === 'locked') {
      expect(await outcomeOf(target)).toEqual({ outcome: 'refused', code: 'locked' });
      await unlock({ target, approve: async () => undefined });
    }
    const next = await run(target);
    // Each run begins with the status.
    expect(appliedIn(next.survey)).toEqual(NAMES.slice(0, scenario.applied));
    expect(next.outcome).toBe(scenario.next === 'nothing-pending' ? 'nothing-pending' : 'applied');
    expect(next.migrations.map(({ name }) => name)).toEqual(NAMES.slice(scenario.applied));
    expect(await tablesOf(database)).toEqual(['a', 'b', 'c']);
    expect(await sql('SELECT * FROM a; SELECT * FROM b; SELECT * FROM c')).toEqual([
      [{ x: 1 }],
      [{ x: 1 }],
      [{ x: 1 }],
    ]);
    const ends = await sql(
      `SELECT migration FROM d1_migrate_journal WHERE outcome = 'applied' ORDER BY migration`,
    );
    expect(ends).toEqual([NAMES.map((migration) => ({ migration }))]);
  });

  const appliedIn = ({ migrations }: DatabaseStatus) =>
    migrations.filter(({ state }) => state === 'applied').map(({ name }) => name);

  const tablesOf = async ({ sql }: RemoteDatabase) => {
    const [rows = []] = await sql(`SELECT name FROM sqlite_master WHERE length(name) < 5 ORDER BY name`);
    return rows.map(({ name }) => name);
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
