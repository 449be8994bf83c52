import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAudit } from 'd1-core/audit';
import { testWorkspace } from 'd1-core/testing';
import { execa } from 'execa';
import { backupWorkspace } from './testing/backups.ts';
import { execute } from './testing/restores.ts';

const BIN = join(import.meta.dirname, 'cli.ts');

const run = (cwd: string, ...words: readonly string[]) =>
  execa(process.execPath, [BIN, ...words], {
    cwd,
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined },
  });

describe('d1-backup in a terminal, in the folder of a Worker that has no Nx', () => {
  const workspace = backupWorkspace();
  const { root } = workspace;
  beforeAll(() => execute(workspace, 'CREATE TABLE art (id INTEGER)', 'INSERT INTO art VALUES (1), (2)'));

  it('lists its commands, and what one of them takes', async () => {
    const [all, help] = await Promise.all([run(root), run(root, 'help', 'restore')]);
    expect([all.exitCode, help.exitCode]).toEqual([0, 0]);
    expect(all.stdout).toMatch(/^ {2}verify {3}Prove an archive$/m);
    expect(help.stdout).toContain('Usage: npx d1-backup restore [archive] [options]');
  });

  it.each([
    [['lst'], 'd1-backup has no command "lst".', 'Did you mean "list"?'],
    [['list', '--archvies=x'], '"list" has no option --archvies.', 'Did you mean --archives?'],
    [['list', '--env=prodution'], 'wrangler.toml has no environment "prodution".', 'development'],
    [['list', '--config=nowhere'], 'There is no wrangler.json', '--config=<folder>'],
  ])('%j could not run', async (words, message, fix) => {
    const { exitCode, stderr } = await run(root, ...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(fix);
  });

  it('saves, lists and proves an archive, with paths relative to where one is', async () => {
    const saved = await run(root, 'backup', '--database-only', '--no-verify');
    expect([saved.exitCode, saved.stderr]).toEqual([3, '']);
    const [archive = ''] = readdirSync(join(root, 'backups'));
    const listed = await run(join(root, 'migrations'), 'list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({
      command: 'list',
      exitCode: 0,
      archives: [expect.objectContaining({ name: archive })],
    });
    const proved = await run(join(root, 'backups'), 'verify', archive, '--config=..');
    expect([proved.exitCode, proved.stderr]).toEqual([0, '']);
    expect(proved.stdout).toContain('1 table with 2 rows restored');
  });

  it('refuses another wrangler config, in which a database may have a harmless name, and notes it', async () => {
    const other = testWorkspace();
    other.write({ 'other.toml': '[[env.preview.d1_databases]]\nbinding = "DB"\n' });
    const { exitCode, stderr } = await run(other.root, 'restore', '-c', 'other.toml', '-e', 'production');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--config=other.toml may not be given to a run');
    expect(await readAudit(join(other.root, '.d1/audit/production.ndjson'))).toEqual([
      expect.objectContaining({
        entry: expect.objectContaining({
          action: 'restore',
          outcome: 'refused',
          error: expect.objectContaining({ code: 'not-an-option' }),
        }),
      }),
    ]);
  });
});
