import { nxWorkspace, type NxWorkspace } from 'd1-core/testing';

const wranglerConfig = (name: string): string => `
name = "${name}"
compatibility_date = "2025-08-01"
[[d1_databases]]
binding = "DB"
database_name = "shared"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
migrations_dir = "../../migrations"
[[r2_buckets]]
binding = "PHOTOS"
bucket_name = "photos"
`;

const PLUGINS = [
  { plugin: 'd1-migrate/plugin', options: { persistTo: '.wrangler/state' } },
  'd1-migrate/guard',
  'd1-lint/plugin',
  'd1-backup/plugin',
];

/** Two Workers with one database, as the applications of a monorepo often have it. */
const twoWorkers = (): NxWorkspace =>
  nxWorkspace({
    'nx.json': JSON.stringify({ analytics: false, tui: { enabled: false }, plugins: PLUGINS }),
    'apps/site/package.json': '{ "name": "site" }',
    'apps/site/wrangler.toml': wranglerConfig('site'),
    'apps/jobs/package.json': '{ "name": "jobs" }',
    'apps/jobs/wrangler.toml': wranglerConfig('jobs'),
    'migrations/0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
    'migrations/0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
  });

interface ShownProject {
  readonly targets: Readonly<
    Record<
      string,
      {
        readonly executor?: string;
        readonly cache?: boolean;
        readonly parallelism?: boolean;
        readonly metadata?: {
          readonly technologies?: readonly string[];
          readonly description?: string;
          readonly help?: { readonly command: string; readonly example: object };
        };
      }
    >
  >;
}

async function shown(workspace: NxWorkspace, env?: Readonly<Record<string, string>>): Promise<ShownProject> {
  const { output } = await workspace.run(['show', 'project', 'site', '--json'], env);
  return JSON.parse(output.slice(output.indexOf('{"')));
}

describe('in a workspace of Nx', () => {
  let workspace: NxWorkspace;
  beforeAll(async () => {
    workspace = twoWorkers();
    await workspace.commit();
  });
  afterAll(async () => void (await workspace.run(['daemon', '--stop'])));

  it('every target says what it is, what it does and how it is used', async () => {
    const { targets } = await shown(workspace);
    const own = Object.entries(targets).filter(([, { executor }]) => executor?.startsWith('d1-'));
    expect(own).toHaveLength(16);
    for (const [name, { metadata }] of own) {
      expect([name, metadata]).toEqual([
        name,
        expect.objectContaining({
          technologies: expect.arrayContaining(['d1']),
          description: expect.stringMatching(/^[A-Z].+/),
          help: { command: `npx nx run site:${name} --help`, example: expect.anything() },
        }),
      ]);
    }
  });

  it('no target on a database is cached, or runs beside another one', async () => {
    const { targets } = await shown(workspace);
    const cached = Object.entries(targets).filter(([, { cache }]) => cache === true);
    expect(cached.map(([name]) => name).toSorted()).toEqual(['lint', 'schema-docs', 'validate']);
    for (const [name, { executor, cache, parallelism }] of Object.entries(targets)) {
      if (executor?.startsWith('d1-') && cache !== true) expect([name, parallelism]).toEqual([name, false]);
    }
  });

  it('the targets are the same with the daemon, in isolation and in one process', async () => {
    const expected = await shown(workspace);
    for (const env of [
      { NX_DAEMON: 'true', CI: 'false' },
      { NX_ISOLATE_PLUGINS: 'true' },
      { NX_ISOLATE_PLUGINS: 'false' },
    ]) {
      expect(await shown(workspace, env)).toEqual(expected);
    }
  });

  it('"nx sync:check" finds nothing to do', async () => {
    expect(await workspace.run(['sync:check'])).toMatchObject({ exitCode: 0 });
  });

  it('two Workers migrate one database at a time, and the second finds nothing to do', async () => {
    const { exitCode, output } = await workspace.run([
      'run-many',
      '-t',
      'migrate',
      '--parallel=4',
      '--output-style=static',
    ]);
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    expect(output.match(/2 migrations applied/g)).toHaveLength(1);
    expect(output.match(/Nothing is pending/g)).toHaveLength(1);
  });

  it('a script that Nx runs in place of a target is named, and refused for an environment', async () => {
    const manifest = { name: 'site', scripts: { deploy: 'echo bare', lint: 'echo eslint' } };
    const replaced = nxWorkspace({
      'apps/site/package.json': JSON.stringify(manifest),
      'apps/site/wrangler.toml': wranglerConfig('site'),
      'migrations/0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n',
    });
    const deploy = await replaced.run(['run', 'site:deploy', '--configuration=development']);
    expect(deploy.exitCode).toBe(1);
    expect(deploy.output).toContain(
      'site:deploy is not the target of the D1 plugins: a script of package.json',
    );
    expect(deploy.output).not.toContain('bare');
    const lint = await replaced.run(['run', 'site:lint']);
    expect(lint.exitCode).toBe(0);
    expect(lint.output).toContain('"targetPrefix": "d1-"');
  });

  it('a text that looks like a number arrives as it was written', async () => {
    const { output } = await workspace.run(['run', 'site:lint', '--since=81919e4']);
    expect(output).toContain('81919e4');
    expect(output).not.toContain('819190000');
    const status = await workspace.run(['run', 'site:status', '--startAfter=20260116020812']);
    expect(status.exitCode).toBe(0);
    const made = await workspace.run(['generate', 'd1-migrate:migration', '2026']);
    expect(made.output).toContain('"2026" cannot be made the name of a migration.');
  });

  it('a run does not take the protection from the command line', async () => {
    const run = await workspace.run(['run', 'site:status', '--no-settings.development.protected']);
    expect(run.exitCode).toBe(1);
    expect(run.output).toContain('--settings may not be given to a run');
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: undefined }, false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ])('%s decides about colors', async (_, env, isColored) => {
    const { output } = await workspace.run(['run', 'site:status'], env);
    const own = output.slice(output.indexOf('development'), output.indexOf('Run duration'));
    expect(own).toContain('applied');
    expect(output).not.toContain('Warning');
    // What Nx prints itself has colors of its own.
    expect(/\u001b\[\d+m[^\n]*0001_a|0001_a[^\n]*\u001b\[\d+m/.test(own)).toBe(isColored);
  });
});
