import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { executorOf } from 'd1-core/command';
import { runCli } from 'd1-core/cli';
import { inferProjects } from 'd1-core/inference';
import { testWorkspace } from 'd1-core/testing';
import { COMMANDS, PLUGIN } from './index.ts';
import { schemaDocsCommand } from './schema-docs.ts';

const database = (binding: string, folder: string, pattern = '') => `
[[d1_databases]]
binding = "${binding}"
database_name = "${binding.toLowerCase()}"
migrations_dir = "${folder}"
${pattern}`;

const TABLE = (name: string) => `CREATE TABLE ${name} (id INTEGER PRIMARY KEY NOT NULL);\n`;

/** Two Workers; the second has three databases, two of which share a folder. */
function workspace(): string {
  const { root, write } = testWorkspace();
  rmSync(join(root, 'wrangler.toml'));
  write({
    'nx.json': JSON.stringify({ plugins: ['d1-migrate/plugin'] }),
    'apps/site/package.json': '{ "name": "site" }',
    'apps/site/wrangler.toml': database('DB', 'migrations'),
    'apps/site/migrations/0001_a.sql': TABLE('site'),
    'apps/jobs/package.json': '{ "name": "jobs" }',
    'apps/jobs/wrangler.toml': [
      database('DB', 'migrations'),
      database('LOGS', 'shared', 'migrations_pattern = "shared/logs/*.sql"\n'),
      database('QUEUE', 'shared', 'migrations_pattern = "shared/queue/*.sql"\n'),
    ].join(''),
    'apps/jobs/migrations/0001_a.sql': TABLE('jobs'),
    'apps/jobs/shared/logs/0001_a.sql': TABLE('logs'),
    'apps/jobs/shared/queue/0001_a.sql': TABLE('queue'),
  });
  return root;
}

const writtenIn = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => !/^(node_modules|migrations)\//.test(name))
    .filter((name) => /\.(md|json)$|schema.*\.sql$/.test(name) && !/package|nx\.json|\.d1\//.test(name))
    .sort();

describe('two Workers and several databases', () => {
  const root = workspace();
  const inTerminal = (worker: string, ...words: readonly string[]) =>
    runCli(COMMANDS, [...words, '--json'], join(root, 'apps', worker));
  beforeAll(() => {
    for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockReturnValue(true);
  });
  afterAll(() => jest.restoreAllMocks());

  it('write files of their own in a terminal', async () => {
    for (const worker of ['site', 'jobs']) {
      expect(await inTerminal(worker, 'schema-docs', '--write')).toBe(0);
      expect(await inTerminal(worker, 'validate', '--write')).toBe(0);
    }
    expect(writtenIn(root)).toEqual([
      'apps/jobs/migrations/CHANGELOG.md',
      'apps/jobs/migrations/schema/schema.sql',
      'apps/jobs/shared/CHANGELOG-logs.md',
      'apps/jobs/shared/CHANGELOG-queue.md',
      'apps/jobs/shared/schema/schema-logs.sql',
      'apps/jobs/shared/schema/schema-queue.sql',
      'apps/site/migrations/CHANGELOG.md',
      'apps/site/migrations/schema/schema.sql',
      'docs/jobs/schema-DB.md',
      'docs/jobs/schema-LOGS.md',
      'docs/jobs/schema-QUEUE.md',
      'docs/site/schema.md',
    ]);
  });

  it('have the same files under Nx, which knows them as outputs', async () => {
    const configs = ['apps/site/wrangler.toml', 'apps/jobs/wrangler.toml'];
    const projects = inferProjects(PLUGIN, configs, {}, { root, namedInputs: {}, plugins: [] });
    const outputs = projects.flatMap(({ project: { targets = {} } }) =>
      ['schema-docs', 'validate'].flatMap((name) => targets[name]?.outputs ?? []),
    );
    for (const file of writtenIn(root)) expect(outputs).toContain(`{workspaceRoot}/${file}`);
    for (const { project } of projects) {
      const options = project.targets?.['schema-docs']?.options;
      const nx = {
        root,
        cwd: root,
        isVerbose: false,
        projectsConfigurations: { version: 2 as const, projects: {} },
        nxJsonConfiguration: {},
        projectGraph: { nodes: {}, dependencies: {} },
        target: { executor: 'd1-migrate:schema-docs', options },
      };
      expect(await executorOf(COMMANDS, schemaDocsCommand)(options, nx)).toMatchObject({
        success: true,
        exitCode: 0,
      });
    }
  });

  it('are not written into one file that an option names', async () => {
    expect(await inTerminal('jobs', 'schema-docs', '--schemaFile=page.md')).toBe(2);
    expect(await inTerminal('jobs', 'schema-docs', '--schemaFile=page.md', '--database=LOGS')).toBe(1);
  });
});
