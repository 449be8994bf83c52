import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { runCli } from 'd1-core/cli';
import { COMMANDS } from './index.ts';

const T = 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';
let folder = '';

beforeEach(() => {
  folder = temporaryFolder();
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

/** Started in a folder; the places and rules of what is found. */
async function lint(args: readonly string[], cwd = '.') {
  const output = join(folder, 'report.json');
  const exitCode = await runCli(
    COMMANDS,
    [...args, '--format=json', `--output=${output}`],
    join(folder, cwd),
  );
  const report: {
    readonly files: number;
    readonly accepted: number;
    readonly staleAccepted: readonly unknown[];
    readonly findings: readonly { readonly file: string; readonly rule: string; readonly message: string }[];
  } = JSON.parse(readFileSync(output, 'utf8'));
  return { ...report, exitCode, found: report.findings.map(({ file, rule }) => `${file} ${rule}`) };
}

describe('a file that is named', () => {
  it('is judged after the migrations before it, and alone is reported on', async () => {
    writeFiles(folder, {
      'migrations/0001_t.sql': `${T}VACUUM;\n`,
      'migrations/0002_clean.sql': 'DELETE FROM t;\n',
      'migrations/0003_u.sql': 'VACUUM;\n',
    });
    const { found, files } = await lint(['migrations/0002_clean.sql']);
    expect([files, found]).toEqual([1, ['migrations/0002_clean.sql data/delete-without-where']]);
  });

  it('is one of several, in any order and in several folders', async () => {
    writeFiles(folder, {
      'a/0001_t.sql': T,
      'a/0002_n.sql': "INSERT INTO t (id, name) VALUES (1, 'x');\n",
      'b/0001_t.sql': T,
      'b/0002_t.sql': T,
    });
    const { found, files } = await lint(['a/0002_n.sql', 'b/0002_t.sql', 'a/0001_t.sql']);
    expect([files, found]).toEqual([3, ['b/0002_t.sql history/not-replayable']]);
  });

  it('in a folder of its own is judged after what the pattern of the wrangler config takes before it', async () => {
    const database = { binding: 'DB', database_name: 'm', database_id: 'x', migrations_dir: 'sql' };
    writeFiles(folder, {
      'w/wrangler.json': JSON.stringify({
        d1_databases: [{ ...database, migrations_pattern: 'sql/*/migration.sql' }],
      }),
      'w/sql/0001_t/migration.sql': T,
      'w/sql/0002_d/migration.sql': 'DELETE FROM t;\n',
    });
    const expected = ['w/sql/0002_d/migration.sql data/delete-without-where'];
    expect((await lint(['w/sql/0002_d/migration.sql'])).found).toEqual(expected);
    expect(await lint(['w/sql'])).toMatchObject({ files: 2, found: expected });
    expect(await lint(['w/sql/0002_d'])).toMatchObject({ files: 1, found: expected });
  });

  it('that wrangler would not take from its folder is judged alone', async () => {
    writeFiles(folder, {
      'migrations/0001_t.sql': T,
      'migrations/notes.txt': 'INSERT INTO t (id) VALUES (1);\n',
    });
    const { findings } = await lint(['migrations/notes.txt']);
    expect(findings).toEqual([
      expect.objectContaining({ message: 'This fails on an empty database: no such table: t.' }),
    ]);
  });

  it('is fixed without a change to the others', async () => {
    const before = { 'm/0001_t.sql': `${T}VACUUM;\n`, 'm/0002_u.sql': 'VACUUM;\nSELECT 1;\n' };
    writeFiles(folder, before);
    expect((await lint(['m/0002_u.sql', '--fix'])).exitCode).toBe(0);
    expect([read('m/0001_t.sql'), read('m/0002_u.sql')]).toEqual([before['m/0001_t.sql'], 'SELECT 1;\n']);
  });
});

describe('the file of accepted findings', () => {
  const start = () =>
    writeFiles(folder, {
      'd1-lint.config.json': '{}',
      'apps/w/migrations/0001_t.sql': 'VACUUM;\n',
      'apps/w/migrations/0002_t.sql': 'VACUUM;\n',
      'apps/v/migrations/0001_t.sql': 'VACUUM;\n',
    });

  it.each([
    ['.', 'apps/w/migrations'],
    ['apps', 'w/migrations'],
    ['apps/w/migrations', '.'],
    ['apps/v', '../w/migrations'],
  ])('that was written in %s is the same everywhere', async (cwd, path) => {
    start();
    expect((await lint([path, '--write-accepted'], cwd)).exitCode).toBe(0);
    expect(JSON.parse(read('.d1-lint-accepted.json'))).toMatchObject({
      findings: [{ file: 'apps/w/migrations/0001_t.sql' }, { file: 'apps/w/migrations/0002_t.sql' }],
    });
    const results = [await lint(['apps/w/migrations']), await lint(['w/migrations'], 'apps')];
    expect(results.map(({ exitCode, accepted }) => [exitCode, accepted])).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it('is found above the folder also where there is no config', async () => {
    writeFiles(folder, { 'm/0001_t.sql': 'VACUUM;\n' });
    await lint(['m', '--write-accepted']);
    expect(await lint(['.'], 'm')).toMatchObject({ exitCode: 0, accepted: 1 });
  });

  it('keeps what it knows of files that were not looked at, and nothing of files that are gone', async () => {
    start();
    writeFiles(folder, { 'apps/w/migrations/0003_gone.sql': 'VACUUM;\n' });
    await lint(['apps/w/migrations', 'apps/v/migrations', '--write-accepted']);
    const known = () =>
      JSON.parse(read('.d1-lint-accepted.json')).findings.map(({ file }: { file: string }) => file);
    expect(known()).toHaveLength(4);
    rmSync(join(folder, 'apps/w/migrations/0003_gone.sql'));
    writeFiles(folder, { 'apps/w/migrations/0002_t.sql': 'SELECT 1;\n' });
    await lint(['apps/w/migrations/0002_t.sql', '--write-accepted']);
    expect(known()).toEqual(['apps/v/migrations/0001_t.sql', 'apps/w/migrations/0001_t.sql']);
  });

  it('is stale only where a file was looked at', async () => {
    start();
    await lint(['apps/w/migrations', '--write-accepted']);
    writeFiles(folder, { 'apps/w/migrations/0002_t.sql': 'SELECT 1;\n' });
    expect((await lint(['apps/w/migrations/0001_t.sql'])).staleAccepted).toEqual([]);
    expect((await lint(['apps/w/migrations/0002_t.sql'])).staleAccepted).toHaveLength(1);
  });
});
