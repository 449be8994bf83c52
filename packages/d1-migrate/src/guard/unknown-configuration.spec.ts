import { objectionsTo } from './objections.ts';
import { readRun, type GuardedProjects, type GuardedTarget } from './requested-run.ts';

const target = (executor: string, ...configurations: readonly string[]): GuardedTarget => ({
  executor,
  configurations: Object.fromEntries(configurations.map((name) => [name, {}])),
});

const projects: GuardedProjects = {
  workers: {
    root: 'apps/workers',
    targets: {
      migrate: {
        ...target('d1-migrate:migrate', 'development', 'production'),
        defaultConfiguration: 'development',
      },
      'd1-lint': target('d1-lint:lint', 'development', 'production'),
      deploy: {
        ...target('nx:run-commands', 'canary'),
        dependsOn: ['^build', 'check', { target: 'migrate' }],
      },
      check: {
        ...target('nx:noop'),
        dependsOn: ['d1-lint', { target: 'migrate', projects: 'api' }, 'deploy'],
      },
      build: target('nx:run-commands', 'production'),
      run: target('nx:run-script'),
      static: target('nx:run-script'),
    },
  },
  api: {
    root: 'apps/api',
    targets: {
      migrate: target('d1-migrate:migrate', 'development', 'Staging'),
      build: target('nx:run-commands'),
    },
  },
  broken: {
    root: 'apps/broken',
    targets: { status: { executor: 'd1-migrate:status', metadata: { description: 'Cannot run: no TOML.' } } },
  },
  'scope:web': { root: 'apps/web', targets: { 'd1:migrate': target('d1-migrate:migrate', 'a:b') } },
};

const refuse = (line: string, folder = ''): string | undefined =>
  objectionsTo(
    readRun(['node', 'nx', ...line.split(' ').map((word) => word.replaceAll("''", ''))], projects, folder),
    projects,
  ).refusal;

describe('a configuration', () => {
  it.each([
    'run workers:migrate',
    'run workers:migrate -c production',
    'run workers:migrate:production',
    'run workers:migrate --prod',
    'run workers:build -c nope',
    'run workers:build:nope',
    'run workers:deploy -c production',
    'run workers:deploy -c canary',
    'run workers:deploy',
    'run missing:migrate -c nope',
    'run workers:missing -c nope',
    'run scope:web:d1:migrate:a:b',
    'run-many -t build -c nope',
    'run-many -t migrate build -c development',
    'run-many -t migrate -p workers -c production',
    'run-many -t migrate --exclude api -c production',
    'run-many -t migrate',
    'affected -t migrate -c development',
    'migrate -c Staging',
    'release publish -c nope',
  ])('lets nx %s run', (line) => {
    expect(refuse(line)).toBeUndefined();
  });

  it.each([
    ['run workers:migrate -c nope', 'workers:migrate'],
    ['run workers:migrate:nope', 'workers:migrate'],
    ['run "workers":migrate:nope', 'workers:migrate'],
    ['run workers:migrate:production -c nope', 'workers:migrate'],
    ['run workers:migrate:production:nope', 'workers:migrate'],
    ['run workers:d1-lint -c nope', 'workers:d1-lint'],
    ['run api:migrate --prod', 'api:migrate'],
    ['run scope:web:d1:migrate:b', 'scope:web:d1:migrate'],
    ['migrate workers -c nope', 'workers:migrate'],
    ['run-many -t migrate -p workers -c nope', 'workers:migrate'],
    ['run-many -t d1-lint build -c nope', 'workers:d1-lint'],
    ['affected -t migrate -c Staging --exclude=scope:web', 'workers:migrate'],
  ])('refuses nx %s', (line, task) => {
    expect(refuse(line)).toMatch(
      new RegExp(`^Unknown configuration "[^"]+" for ${task}\\. Nothing was run\\.`),
    );
  });

  it.each([
    ['run workers:migrate', undefined],
    ['run workers:migrate -c prod', 'prod'],
    ['run workers:migrate -c=prod', 'prod'],
    ['run workers:migrate --c prod', 'prod'],
    ['run workers:migrate --configuration prod', 'prod'],
    ['run workers:migrate --configuration=prod', 'prod'],
    ['run -c prod workers:migrate', 'prod'],
    ['-c prod run workers:migrate', 'prod'],
    ['--configuration=prod --verbose run workers:migrate', 'prod'],
    ['run --output-style static --parallel=1 workers:migrate -c prod', 'prod'],
    ['run --outputStyle=static --no-tui workers:migrate -c prod', 'prod'],
    ['run --verbose true workers:migrate -c prod', 'prod'],
    ['run workers:migrate --dryRun -c prod', 'prod'],
    ['run api:migrate --prod', 'production'],
    ['run api:migrate --prod=false', undefined],
    ['run api:migrate --prod false', undefined],
    ['run api:migrate --no-prod', undefined],
    ['run workers:migrate -c development --prod', 'development,production'],
    ['run workers:migrate -c a -c b', 'a,b'],
    ['run workers:migrate -- -c prod', undefined],
    ['run workers:migrate -cprod', undefined],
    ['run --project=workers --target migrate -c prod', 'prod'],
    ['run --project=workers --target=migrate -c prod', 'prod'],
    ['migrate workers -c prod', 'prod'],
    ['-c prod migrate workers', 'prod'],
    ['migrate -p workers -c prod', 'prod'],
    ['run WORK:migrate:prod', 'prod'],
    ['run apps/workers:migrate:prod', 'prod'],
    ['run-many -t migrate -- -c prod', undefined],
    ['run-many -t migrate d1-lint -c prod', 'prod'],
    ['run-many --targets=migrate,d1-lint -c=prod', 'prod'],
    ['run-many --target migrate --configuration=prod', 'prod'],
    ['run-many -c prod -t migrate', 'prod'],
    ['run-many --projects=tag:d1,!api -t migrate --all -c prod', 'prod'],
    ['affected --base main --head=HEAD --files a b -t migrate --configuration prod --exclude=api', 'prod'],
  ])('of nx %s is %s', (line, configuration) => {
    const known = /Unknown configuration "([^"]+)"/.exec(refuse(line) ?? '');
    expect(known?.[1]).toBe(configuration);
  });

  it.each([
    ['-p workers api', ['api', 'workers']],
    ['-p workers,api', ['api', 'workers']],
    ['-p workers', ['workers']],
    ['--exclude api web', ['workers']],
    ['-p !api', ['workers']],
    ['', ['api', 'workers']],
    // What only Nx can read is taken for all.
    ['-p w*', ['api', 'workers']],
    ['-p tag:edge --exclude=api', ['workers']],
    ['-p missing', ['api', 'workers']],
  ])('is asked of the projects of nx run-many -t migrate %s', (selection, names) => {
    const message = refuse(`run-many -t migrate -c nope ${selection}`.trim()) ?? '';
    const labels = [...message.matchAll(/(\w+):migrate/g)].map(([, project]) => project);
    expect([...new Set(labels)].sort()).toEqual(names);
  });

  it.each([
    'run workers:migrate --configuration=',
    "run workers:migrate -c ''",
    'run workers:migrate -c',
    'run workers:migrate -c --verbose',
  ])('may not be empty, as in nx %s', (line) => {
    expect(refuse(line)).toMatch(/^The configuration is empty/);
  });

  it('names what is known and what was probably meant', () => {
    expect(refuse('run workers:migrate -c prodution')).toBe(
      'Unknown configuration "prodution" for workers:migrate. Nothing was run. Did you mean "production"? Known: development, production.',
    );
  });

  it('names every project that lacks the configuration, and how to leave them out', () => {
    expect(refuse('run-many -t migrate -p api workers -c nope')).toBe(
      'Unknown configuration "nope" for api:migrate (known: development, Staging), workers:migrate (known: development, production). Nothing was run. To leave projects out: --exclude=api,workers',
    );
  });

  it('refuses a run of several projects when only one lacks the configuration', () => {
    expect(refuse('affected -t migrate -c production')).toBe(
      'Unknown configuration "production" for api:migrate. Nothing was run. Known: development, Staging. To leave projects out: --exclude=api',
    );
  });

  it('refuses what a target would pass on to the D1 targets before it', () => {
    expect(refuse('run workers:deploy -c prod')).toBe(
      'Unknown configuration "prod" for workers:d1-lint (known: development, production), workers:migrate (known: development, production). Nothing was run.',
    );
  });

  it('refuses an empty configuration, which Nx would take for none', () => {
    expect(refuse('run workers:migrate --configuration=')).toBe(
      'The configuration is empty, and Nx would run workers:migrate for development. Write --configuration=<name>, or leave it out. Known: development, production',
    );
    expect(refuse('run-many -t migrate -p api --configuration=')).toMatch(
      /would run api:migrate for its default\./,
    );
  });

  it('passes on why a target has no configurations', () => {
    expect(refuse('run broken:status -c production')).toBe(
      'Unknown configuration "production" for broken:status. Nothing was run. Known: none; Cannot run: no TOML.',
    );
  });

  it.each([
    ['migrate -c production', 'apps/workers', undefined],
    ['migrate -c production', 'apps/workers/src', undefined],
    ['run migrate:production', 'apps/workers', undefined],
    ['migrate -c production', 'apps/api', 'api:migrate'],
    ['run migrate:production', 'apps/api', 'api:migrate'],
    ['migrate -c production', 'apps/apis', undefined],
    ['run migrate -c nope', '', 'workers:migrate'],
  ])('reads nx %s in the folder "%s" as Nx does', (line, folder, task) => {
    if (task === undefined) expect(refuse(line, folder)).toBeUndefined();
    else expect(refuse(line, folder)).toContain(` for ${task}.`);
  });

  it('takes the project at the root of the workspace for every folder', () => {
    const root = { root: '.', targets: { migrate: target('d1-migrate:migrate', 'production') } };
    const argv = ['node', 'nx', 'run', 'migrate:nope'];
    for (const [all, folder] of [
      [{ root, tool: { root: 'tools/tool' } }, 'tools/tool'],
      [{ root }, ''],
    ] as const) {
      expect(objectionsTo(readRun(argv, all, folder), all).refusal).toContain(' for root:migrate.');
    }
  });
});
