import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fails, succeeds } from './expect.ts';
import { PACKAGES } from './packages.ts';
import { folderOf, WORKER_APPS, type WorkerApp } from './worker-app.ts';
import { commit, type Workspace } from './workspace.ts';

/** One thing that has to work in a new workspace; throws with all that was printed when it does not. */
export interface Check {
  readonly name: string;
  readonly run: (workspace: Workspace) => Promise<void>;
}

const appsWith = (databases: WorkerApp['databases']): readonly WorkerApp[] =>
  WORKER_APPS.filter((app) => app.databases === databases);

/** Each runs in the workspace as the one before has left it. */
export const CHECKS: readonly Check[] = [
  {
    name: 'nx add',
    async run(workspace) {
      for (const name of PACKAGES) await succeeds(workspace.nx('add', name));
      const nxJson = readFileSync(join(workspace.root, 'nx.json'), 'utf8');
      for (const name of PACKAGES) {
        if (!nxJson.includes(`${name}/plugin`)) throw new Error(`${name} is not in nx.json:\n${nxJson}`);
      }
      await commit(workspace, 'add the plugins');
    },
  },
  {
    name: 'inferred targets',
    async run(workspace) {
      for (const { name, databases } of WORKER_APPS) {
        const output = await succeeds(workspace.nx('show', 'project', name, '--json'));
        const hasTargets = /"executor":"d1-migrate:migrate"/.test(output);
        if (hasTargets !== databases > 0) throw new Error(`${name} has wrong targets:\n${output}`);
      }
    },
  },
  ...appsWith(1).map(({ name, format }): Check => ({
    name: `one database, ${format}`,
    async run({ nx }) {
      await succeeds(nx('g', 'd1-migrate:migration', 'add_notes_table', `--project=${name}`), 'CREATE apps/');
      await succeeds(
        nx('g', 'd1-migrate:rollback-script', `--project=${name}`, '--no-interactive'),
        '0001_initial.sql',
      );
      await succeeds(nx('run', `${name}:lint`), 'No findings');
      await succeeds(nx('run', `${name}:lint`), /(local|remote) cache|match the cache/);
      await succeeds(nx('run', `${name}:migrate`), '2 migrations applied');
      await succeeds(nx('run', `${name}:migrate`), 'Nothing is pending.');
      await succeeds(nx('run', `${name}:status`, '--check'), '2 applied, 0 pending');
      await succeeds(nx('run', `${name}:rollback`), '1 migration rolled back');
      await succeeds(nx('run', `${name}:validate`), 'The migrations are valid.');
      await succeeds(nx('run', `${name}:migrate`), '1 migration applied');
    },
  })),
  {
    name: 'a backup, proved',
    async run({ nx }) {
      for (const { name } of appsWith(1).slice(0, 1)) {
        await succeeds(nx('run', `${name}:backup`));
        await succeeds(nx('run', `${name}:backup-verify`));
        await succeeds(nx('run', `${name}:restore`, '--overwrite'), 'read again and equal');
      }
    },
  },
  ...appsWith(2).map(({ name, format }): Check => ({
    name: `two databases, ${format}`,
    async run({ nx }) {
      await fails(nx('run', `${name}:migrate`), '--database=');
      await succeeds(nx('run', `${name}:migrate`, '--database=LOG'), '1 migration applied', 'binding LOG');
      await succeeds(nx('run', `${name}:migrate`, '--database=DB'), '1 migration applied', 'binding DB');
    },
  })),
  {
    name: 'affected by a migration alone',
    async run(workspace) {
      await commit(workspace, 'migrations');
      const [app, other] = appsWith(1);
      if (app === undefined || other === undefined) throw new Error('There are no Workers.');
      const folder = join(workspace.root, 'apps', app.name, folderOf('DB'));
      writeFileSync(
        join(folder, '0003_more.sql'),
        'CREATE TABLE more (\n  id TEXT PRIMARY KEY NOT NULL,\n  at TEXT NOT NULL\n);\n',
      );
      const output = await succeeds(
        workspace.nx('affected', '-t', 'lint', '--base=HEAD', '--output-style=static'),
        `${app.name}:lint`,
      );
      if (output.includes(`${other.name}:lint`)) throw new Error(`${other.name} is not affected:\n${output}`);
    },
  },
  {
    name: 'no way to a wrong environment',
    async run({ nx }) {
      const [app] = appsWith(1);
      if (app === undefined) throw new Error('There are no Workers.');
      await fails(nx('run', `${app.name}:migrate`, '--configuration=prodution'), 'Unknown configuration');
      await fails(nx('run', `${app.name}:migrate:production`), 'CLOUDFLARE_API_TOKEN');
      await fails(nx('run', `${app.name}:reset`, '--configuration=production'), 'reset deletes a database');
    },
  },
  {
    name: 'nx migrate',
    async run(workspace) {
      const [app] = appsWith(1);
      if (app === undefined) throw new Error('There are no Workers.');
      const file = (name: string) => join(workspace.root, name);
      const read = (name: string) => JSON.parse(readFileSync(file(name), 'utf8'));
      const write = (name: string, content: object) => writeFileSync(file(name), JSON.stringify(content));
      const nxJson = read('nx.json');
      const manifest = read('package.json');
      const former: Readonly<Record<string, object>> = {
        'd1-lint/plugin': { lintTargetName: 'd1-lint' },
        'd1-backup/plugin': { backupTargetName: 'db-backup' },
      };
      const plugins = nxJson.plugins
        .map((entry: string | { readonly plugin: string }) =>
          typeof entry === 'string' ? entry : entry.plugin,
        )
        .filter((plugin: string) => plugin !== 'd1-migrate/guard')
        .map((plugin: string) => (plugin in former ? { plugin, options: former[plugin] } : plugin));
      write('nx.json', { ...nxJson, plugins });
      const scripts = { drift: `nx run ${app.name}:drift`, lint: `nx run ${app.name}:d1-lint` };
      write('package.json', { ...manifest, scripts });
      write('migrations.json', {
        migrations: [
          { package: 'd1-migrate', name: 'register-guard', version: '0.1.0' },
          ...['d1-migrate', 'd1-lint', 'd1-backup'].map((name) => ({
            package: name,
            name: 'carry-names',
            version: '0.1.0',
          })),
        ],
      });
      await succeeds(workspace.nx('migrate', '--run-migrations'), 'register-guard', 'carry-names');
      const after = readFileSync(file('nx.json'), 'utf8');
      if (!after.includes('d1-migrate/guard')) throw new Error(`The guard is not in nx.json:\n${after}`);
      if (after.includes('TargetName')) throw new Error(`nx.json has names of targets:\n${after}`);
      const { drift } = read('package.json').scripts;
      if (drift !== `nx run ${app.name}:status`) throw new Error(`The script is not carried: ${drift}`);
      await succeeds(workspace.nx('run', `${app.name}:d1-lint`), '0 errors');
      await succeeds(workspace.nx('run', `${app.name}:status`));
      await succeeds(workspace.nx('run', `${app.name}:db-backup`));
    },
  },
];
