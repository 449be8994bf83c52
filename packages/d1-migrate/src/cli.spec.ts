import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { readAudit } from 'd1-core/audit';
import { temporaryFolder, testWorkspace } from 'd1-core/testing';
import { parse } from 'yaml';
import { query } from './testing/index.ts';

const BIN = join(import.meta.dirname, 'cli.ts');

const run = (cwd: string, ...words: readonly string[]) =>
  execa(process.execPath, [BIN, ...words], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined, CLOUDFLARE_API_TOKEN: '' },
  });

describe('d1-migrate in a terminal, in the folder of a Worker that has no Nx', () => {
  const workspace = testWorkspace({
    migrations: {
      '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY NOT NULL);\n',
      'rollback/0001_a.sql': 'DROP TABLE a;\n',
    },
  });
  const { root } = workspace;

  it('lists its commands, and what one of them takes', async () => {
    const [all, help] = await Promise.all([run(root, '--help'), run(root, 'rollback', '--help')]);
    expect([all.exitCode, help.exitCode]).toEqual([0, 0]);
    expect(all.stdout).toMatch(/^ {2}status +Show where a database stands$/m);
    expect(help.stdout).toContain('Usage: npx d1-migrate rollback [options]');
    expect(help.stdout).toMatch(/11\s+another run works on the database\.$/);
    expect(help.stdout).not.toContain('--settings');
  });

  it.each([
    [['statsu'], 'd1-migrate has no command "statsu".', 'Did you mean "status"?'],
    [['migrate', '--dryrun'], '"migrate" has no option --dryrun.', 'Did you mean --dryRun?'],
    [['status', '--env=prodution'], 'wrangler.toml has no environment "prodution".', 'production'],
    [['status', '--history', '--all'], '--all has no effect with --history', 'Leave one of them out'],
    [['migrate', '--timeout=0'], '--timeout=0: it takes a whole number from 1 on.', '--help'],
  ])('%j could not run', async (words, message, fix) => {
    const { exitCode, stderr } = await run(root, ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(fix);
  });

  it('shows, checks and applies what is pending, and needs no argument for it', async () => {
    const { exitCode, stdout } = await run(root, 'status');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('0 applied, 1 pending.');
    expect((await run(root, 'status', '--check')).exitCode).toBe(1);
    expect(await run(join(root, 'migrations'), 'migrate')).toMatchObject({ exitCode: 0, stderr: '' });
    expect((await run(root, 'status', '--check')).exitCode).toBe(0);
    expect(await query(workspace, 'SELECT count(*) AS rows FROM a')).toEqual([{ rows: 0 }]);
    expect(readdirSync(root)).not.toContain('.nx');
  });

  it('exits with 3 where not every environment could be read', async () => {
    const { exitCode, stdout } = await run(root, 'status', '--all');
    expect(exitCode).toBe(3);
    expect(stdout).toContain('Not every environment could be read');
  });

  it('takes paths relative to where one is, and writes a plan there', async () => {
    workspace.write({ 'migrations/0002_b.sql': 'CREATE TABLE b (id INTEGER PRIMARY KEY NOT NULL);\n' });
    const folder = join(root, 'plans');
    mkdirSync(folder);
    expect(await run(folder, 'plan', '--output=./')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(folder).toSorted()).toEqual([
      expect.stringMatching(/^plan-.*development\.json$/),
      expect.stringMatching(/^plan-.*development\.md$/),
    ]);
  });

  it('asks for the name of a protected database, and notes the refusal', async () => {
    const { exitCode, stderr } = await run(root, 'unlock', '-e', 'production');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('Fix:');
    expect(await readAudit(join(root, '.d1/audit/production.ndjson'))).toEqual([
      expect.objectContaining({ entry: expect.objectContaining({ action: 'unlock', outcome: 'refused' }) }),
    ]);
  });
});

/** Fails where anything asks for a package of Nx. */
const WITHOUT_NX = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      if (/^(nx|@nx\\/.*)$|^nx\\//.test(specifier)) throw new Error('asked for ' + specifier);
      return next(specifier, context);
    },
  });
`)}`;

const withoutNx = (cwd: string, ...words: readonly string[]) =>
  execa(process.execPath, ['--import', WITHOUT_NX, BIN, ...words], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined },
  });

it('d1-migrate needs no package of Nx for its commands', async () => {
  const { root } = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
  const { stdout, exitCode } = await withoutNx(root, 'plan');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout });
  expect(stdout).toContain('Nothing stands against applying it.');
});

describe('the generators in a terminal, without a package of Nx', () => {
  const { root, write } = testWorkspace({
    migrations: { '0001_lists.sql': 'CREATE TABLE lists (id INTEGER PRIMARY KEY, title TEXT);\n' },
  });
  const read = (file: string) => readFileSync(join(root, file), 'utf8');
  const files = (folder: string) => readdirSync(join(root, folder)).toSorted();

  it('show what they would write, and write it', async () => {
    const words = ['migration', 'add_size_to_lists', '--columns=size:INTEGER,note'];
    const dry = await withoutNx(root, ...words, '--dry-run');
    expect(dry.stdout).toMatch(
      /^CREATE migrations\/0002_add_size_to_lists\.sql\nCREATE migrations\/rollback\/0002_add_size_to_lists\.sql\n/,
    );
    expect(dry.stdout).toContain('Nothing was written, because of --dry-run.');
    expect(files('migrations')).toEqual(['0001_lists.sql', 'README.md']);
    const made = await withoutNx(root, ...words);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toContain('then run: npx d1-migrate migrate');
    expect(read('migrations/0002_add_size_to_lists.sql')).toContain('ADD COLUMN size INTEGER;');
    expect(read('migrations/0002_add_size_to_lists.sql')).toContain('ADD COLUMN note TEXT;');
    expect(read('migrations/rollback/0002_add_size_to_lists.sql')).toContain('class exact');
  });

  it('rebuild a table, and take a text as it was written', async () => {
    const { exitCode, stdout } = await withoutNx(root, 'rebuild-table', 'lists', '--not-null=title');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('then run: npx d1-migrate plan');
    expect(files('migrations')).toContain('0003_rebuild_lists.sql');
    const refused = await withoutNx(root, 'migration', '1.10');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('"1.10" cannot be made the name of a migration.');
  });

  it('write rollback scripts, renumber, and look at an old folder', async () => {
    write({ 'migrations/0003_same.sql': 'CREATE TABLE same (id INTEGER PRIMARY KEY);\n' });
    const looked = await withoutNx(root, 'adopt');
    expect(looked.stdout).toContain('have the same number');
    const renumbered = await withoutNx(root, 'renumber');
    expect(renumbered.stdout).toContain('0003_same.sql becomes 0004_same.sql');
    expect((await withoutNx(root, 'rollback-script', '4')).exitCode).toBe(0);
    expect(files('migrations/rollback')).toContain('0004_same.sql');
  });

  it('write the workflow into the repository, with the commands of a terminal', async () => {
    const repository = temporaryFolder();
    mkdirSync(join(repository, '.git'));
    cpSync(root, join(repository, 'workers/api'), { recursive: true, verbatimSymlinks: true });
    const { exitCode, stdout } = await withoutNx(join(repository, 'workers/api'), 'ci');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('CREATE ../../.github/workflows/d1.yml');
    const workflow = parse(readFileSync(join(repository, '.github/workflows/d1.yml'), 'utf8'));
    const runs = Object.values<{ steps: readonly { run?: string }[] }>(workflow.jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run: line }) => line ?? []),
    );
    expect(workflow.defaults).toEqual({ run: { 'working-directory': 'workers/api/' } });
    expect(runs).toEqual([
      'npm ci',
      'npx d1-lint && npx d1-migrate validate',
      'npm ci',
      'npx d1-migrate plan --env=production --output=dist/d1/plan-production.json',
      'cat dist/d1/plan-production.md >> "$GITHUB_STEP_SUMMARY"',
      'npm ci',
      'npx d1-migrate deploy --env=production --plan=dist/d1/plan-production.json --confirm=test-production',
    ]);
    expect(JSON.stringify(workflow.jobs.plan)).toContain('"path":"workers/api/dist/d1/plan-production.json"');
  });
});
