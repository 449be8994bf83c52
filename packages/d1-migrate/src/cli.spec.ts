import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { readAudit } from 'd1-core/audit';
import { testWorkspace } from 'd1-core/testing';
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
    [['status', '--history', '--all'], '--history and --all exclude each other.', 'Run it twice'],
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

it('d1-migrate needs no package of Nx for its commands', async () => {
  const { root } = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (x);\n' } });
  const { stdout, exitCode } = await execa(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(`
        import { registerHooks } from 'node:module';
        registerHooks({
          resolve(specifier, context, next) {
            if (/^(nx|@nx\\/.*)$|^nx\\//.test(specifier)) throw new Error('asked for ' + specifier);
            return next(specifier, context);
          },
        });
      `)}`,
      BIN,
      'plan',
    ],
    { cwd: root, reject: false, stdin: 'ignore', env: { NO_COLOR: '1' } },
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout });
  expect(stdout).toContain('Nothing stands against applying it.');
});
