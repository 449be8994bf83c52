import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readAuditReport } from './journal/index.ts';
import { deploy } from './deploy/index.ts';
import { readStanding } from './status/index.ts';
import { readHistory } from './journal/index.ts';
import { migrate } from './apply/index.ts';
import { makePlan } from './plan/index.ts';
import { rehearse } from './rehearse/index.ts';
import { goBack, rollback } from './rollback/index.ts';
import { readStatus } from './survey/index.ts';
import { noteWrangler } from './testing/counted-wrangler.ts';
import { errorOf, identify, targetIn } from './testing/index.ts';
import { useRemoteDatabases } from './testing/remote-databases.ts';
import { writeScripts } from './testing/scripts.ts';
import { unlock } from './unlock/index.ts';

const environment = (name: string, id: string) => `
[env.${name}]
workers_dev = false
[[env.${name}.d1_databases]]
binding = "DB"
database_name = "shop-${name}"
database_id = "${id}"
migrations_dir = "migrations"
`;

const MIGRATIONS = {
  '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
  '0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY);\n',
};

describe('all work on a remote environment', () => {
  const remote = useRemoteDatabases();

  it.each([
    ['Cloudflare', {}, []],
    // Whatever the variable says, only wrangler then knows the way.
    ['wrangler', { WRANGLER_API_ENVIRONMENT: 'production' }, ['d1 execute', 'd1 export', 'd1 time-travel']],
  ])(
    'names it in each call, and reaches no other database, asked through %s',
    async (_, variables, asking) => {
      Object.assign(process.env, variables);
      const [staging, production] = [remote.make(MIGRATIONS, 'staging'), remote.make()];
      const { workspace } = staging;
      workspace.write({
        'index.js': 'export default { fetch: () => new Response("hello") };\n',
        'wrangler.toml': `name = "shop"\nmain = "index.js"\ncompatibility_date = "2025-08-01"
${environment('development', '4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0')}
${environment('staging', staging.id)}${environment('production', production.id)}`,
      });
      const started = noteWrangler(workspace);
      await staging.applied();
      await writeScripts(workspace);
      const target = targetIn(workspace, { environment: 'staging' });
      const common = { target, identify, dryRun: false, approve: async () => undefined };

      await readStatus(target);
      await makePlan({ ...common, workspaceRoot: workspace.root, source: { kind: 'database' } });
      await rehearse({ target, source: { kind: 'database' } });
      await migrate(common);
      await readStanding(target);
      await readHistory(target);
      await readAuditReport(target);
      await unlock(common);
      await rollback({ ...common, acceptDataLoss: [] });
      await goBack({ ...common, strategy: 'time-travel' });
      await deploy({
        ...common,
        targets: [target],
        rounds: [],
        migrate: () => ({ name: 'migrate', run: async () => ({ exitCode: 0, document: {} }) }),
        show: () => undefined,
        dryRun: true,
      });

      const calls = started();
      const commands = new Set(calls.map(([first, second]) => (first === 'd1' ? `d1 ${second}` : first)));
      expect(commands).toEqual(new Set(['d1 migrations', 'deploy', ...asking]));
      for (const args of calls) {
        expect(args).toContain('--env=staging');
        expect(args).not.toContain('--local');
        if (args[0] === 'd1') expect(args).toContain('DB');
        // Time Travel and deploy have no other place than the remote one.
        if (/execute|export|migrations/.test(String(args[1]))) expect(args).toContain('--remote');
      }
      const databases = remote.api.log
        .list()
        .flatMap(({ path }) => /\/d1\/database\/([^/?]+)/.exec(path)?.[1] ?? []);
      expect(new Set(databases)).toEqual(new Set([staging.id]));
      expect(existsSync(join(workspace.root, '.wrangler/state'))).toBe(false);
    },
  );

  it('refuses a database that is another environment by its stamp, although the config names it', async () => {
    const { workspace, applied, sql } = remote.make(MIGRATIONS, 'staging');
    await applied();
    await sql(`UPDATE d1_migrate_metadata SET value = 'production' WHERE key = 'environment'`);
    const target = targetIn(workspace, { environment: 'staging' });
    const common = { target, identify, dryRun: false, approve: async () => undefined };
    const works: readonly (() => Promise<unknown>)[] = [
      () => readStatus(target),
      () => migrate(common),
      () => makePlan({ ...common, workspaceRoot: workspace.root, source: { kind: 'database' } }),
      () => rollback({ ...common, acceptDataLoss: [] }),
      () => unlock(common),
      () => readHistory(target),
    ];
    for (const work of works) {
      expect(await errorOf(work())).toMatchObject({ code: 'wrong-environment', exitCode: 2 });
    }
    expect(await sql('SELECT name FROM d1_migrations')).toEqual([[]]);
  });
});
