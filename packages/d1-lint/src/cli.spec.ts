import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const bin = join(import.meta.dirname, 'cli.ts');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd1-lint-cli-'));
  await mkdir(join(folder, 'migrations'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (path: string, text: string) => writeFile(join(folder, path), text);
const read = (path: string) => readFile(join(folder, path), 'utf8');

async function run(args: readonly string[], input = '', env = {}) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, ...args], {
    cwd: folder,
    input,
    reject: false,
    env: { NODE_OPTIONS: '', NO_COLOR: '1', GITHUB_ACTIONS: '', ...env },
  });
  return { exitCode, stdout, stderr };
}

describe('d1-lint', () => {
  it('lints a folder in the order of wrangler, and fails with findings', async () => {
    await write('migrations/0002_clean.sql', 'DELETE FROM t;\n');
    await write('migrations/0001_t.sql', 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n');
    const { exitCode, stdout } = await run(['migrations']);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('migrations/0002_clean.sql:1:13  ✖ error  data/delete-without-where');
  });

  it('reads standard input', async () => {
    const { exitCode, stdout } = await run(['-', '--format=json', '--stdin-filename=0007_x.sql'], 'VACUUM;');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 1,
      findings: [{ file: '0007_x.sql', rule: 'compat/no-vacuum' }],
    });
  });

  it('puts standard input in place of the file that it is named after', async () => {
    await write('migrations/0001_t.sql', 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n');
    await write('migrations/0003_t.sql', 'VACUUM;\n');
    const { stdout } = await run(
      ['-', '--format=json', '--stdin-filename=migrations/0002_t.sql'],
      'DELETE FROM t;',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      files: 1,
      findings: [{ file: 'migrations/0002_t.sql', rule: 'data/delete-without-where' }],
    });
  });

  it('gives who reads JSON a document also where it cannot run', async () => {
    const { exitCode, stdout } = await run(['nowhere', '--format=json', '--preset=recomended']);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 2,
      error: { code: 'invalid-preset', message: expect.stringContaining('takes one of recommended') },
    });
  });

  it('annotates the diff in GitHub Actions', async () => {
    const { stdout } = await run(['-'], 'VACUUM;', { GITHUB_ACTIONS: 'true' });
    expect(stdout).toMatch(/^::error file=stdin\.sql,line=1,col=1::compat\/no-vacuum/);
  });

  it('fixes files, and writes the report to a file', async () => {
    await write('migrations/0001_t.sql', 'VACUUM;\nSELECT 1;\n');
    const { exitCode } = await run(['migrations', '--fix', '-f', 'sarif', '-o', 'reports/lint.sarif']);
    expect(exitCode).toBe(0);
    expect(await read('migrations/0001_t.sql')).toBe('SELECT 1;\n');
    expect(JSON.parse(await read('reports/lint.sarif'))).toMatchObject({ version: '2.1.0' });
  });

  it('fails with more warnings than are allowed', async () => {
    await write('migrations/0001_t.sql', 'CREATE TABLE t (name TEXT NOT NULL);\n');
    expect((await run(['migrations'])).exitCode).toBe(0);
    expect((await run(['migrations', '--max-warnings=0'])).exitCode).toBe(1);
  });

  it('does not report what is accepted, also when lines move, and says what is no longer found', async () => {
    await write('migrations/0001_t.sql', 'VACUUM;\n');
    expect((await run(['migrations', '--write-accepted'])).exitCode).toBe(0);
    await write('migrations/0001_t.sql', '-- a comment\n\nvacuum ;\nVACUUM;\n');
    const moved = await run(['migrations']);
    expect([moved.exitCode, moved.stdout.match(/compat\/no-vacuum/g)?.length]).toEqual([1, 1]);
    await write('migrations/0001_t.sql', 'SELECT 1;\n');
    expect((await run(['migrations'])).stdout).toContain(
      '1 accepted finding no longer found; --writeAccepted removes it.',
    );
  });

  it('reports only what has changed since a git ref', async () => {
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });
    await write('migrations/0001_t.sql', 'VACUUM;\n');
    await git('init', '-q', '-b', 'main');
    await git('add', '.');
    await git('commit', '-q', '-m', 'first');
    await write('migrations/0002_t.sql', 'VACUUM;\n');
    const { stdout } = await run(['migrations', '--since=main']);
    expect(stdout.match(/\S+\.sql:/g)).toEqual(['migrations/0002_t.sql:']);
    const unknown = await run(['migrations', '--since=nope']);
    expect([unknown.exitCode, unknown.stderr.includes('git cannot tell')]).toEqual([2, true]);
  });

  it('explains a rule, and lists them all', async () => {
    const { stdout } = await run(['explain', 'data/rebuild-cascades']);
    expect(stdout).toContain('PRAGMA foreign_key_check finds nothing');
    expect(stdout).toContain('-- d1-lint-disable-next-statement data/rebuild-cascades: <reason>');
    expect((await run(['rules'])).stdout).toContain('compat/no-attach');
    expect((await run(['explain', 'data/rebuild-cascade'])).stderr).toContain(
      'Did you mean "data/rebuild-cascades"?',
    );
  });

  it.each([
    [['migrations', '--formt=json'], 'Did you mean --format?'],
    [['migrations', '--format=jsn'], 'takes one of pretty, json'],
    [['migrations', '--max-warnings=few'], 'takes a whole number'],
    [['nowhere'], 'There is no such file or folder'],
    [['migrations', '--config=none.json'], 'There is no config file'],
  ])('cannot run with %j, and says so', async (args, text) => {
    const { exitCode, stderr } = await run(args);
    expect([exitCode, stderr.includes(text)]).toEqual([2, true]);
  });
});
