import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { writeTestArchive } from '../testing/archive.ts';
import { startExecutor as start } from '../testing/restores.ts';

const NO_KEYS = { R2_ACCESS_KEY_ID: '', AWS_ACCESS_KEY_ID: '' };

/** A workspace with an archive of each day that is named, in the folder `backups`. */
async function workspaceWith(...days: readonly number[]): Promise<TestWorkspace> {
  const workspace = testWorkspace({ migrations: { '0001_a.sql': 'CREATE TABLE a (v);' } });
  const folder = join(workspace.root, 'backups');
  mkdirSync(folder);
  for (const day of days) {
    await writeTestArchive(folder, {
      startedAt: new Date(Date.UTC(2025, 8, day, 14, 30, 22)),
      statements: ['CREATE TABLE a (v)', 'INSERT INTO a VALUES (1)'],
      photos: { 'originals/a.jpg': 'photo' },
    });
  }
  return workspace;
}

describe('the executor verify', () => {
  it('proves the newest archive', async () => {
    const workspace = await workspaceWith(3, 4);
    const { stdout, exitCode } = await start('verify', workspace);
    expect(stdout.split('\n')).toEqual([
      'backup-2025-09-04-143022.zip · development, 2025-09-04 14:30:22 UTC',
      expect.stringMatching(/^5 entries with \d+ bytes read, 1 table with 1 row restored$/),
      '',
      'Note:',
      '  0001_a.sql is not applied in the archive; "migrate" applies it after a restore.',
      '',
      'It restores, and all content is as it was saved.',
    ]);
    expect(exitCode).toBe(0);
    expect(existsSync(join(workspace.root, '.wrangler'))).toBe(false);
  });

  it('fails on one that is cut off, and says which it is', async () => {
    const workspace = await workspaceWith(3, 4);
    const archive = 'backups/backup-2025-09-03-143022.zip';
    truncateSync(join(workspace.root, archive), 500);
    const { stderr, exitCode } = await start('verify', workspace, { archive });
    expect(stderr).toMatch('backup-2025-09-03-143022.zip is no zip, or is cut off');
    expect(exitCode).toBe(1);
  });

  it('needs an archive', async () => {
    const { stdout } = await start('verify', await workspaceWith(), { json: true });
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'verify',
      exitCode: 2,
      error: { code: 'no-archive' },
    });
  });

  it('gives a document', async () => {
    const { stdout } = await start('verify', await workspaceWith(4), { json: true, level: 'hashes' });
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      level: 'hashes',
      environment: 'development',
      read: { entries: 5 },
      problems: [],
      unchecked: [],
    });
  });
});

it('the executor list shows the archives', async () => {
  const workspace = await workspaceWith(3, 4);
  const { stdout } = await start('list', workspace);
  expect(stdout).toMatch(/backup-2025-09-04-143022\.zip .*development \(local\) .*1 row, 1 object +restored/);
  const { stdout: json } = await start('list', workspace, { environment: 'production', json: true });
  expect(JSON.parse(json)).toMatchObject({ exitCode: 0, archives: [], otherEnvironments: 2 });
  const { stdout: missing } = await start(
    'list',
    workspace,
    { archives: 's3://archives/d1', json: true },
    NO_KEYS,
  );
  expect(JSON.parse(missing)).toMatchObject({ exitCode: 2, error: { code: 'missing-r2-credentials' } });
});

it('a Worker with two databases lists the archives of both', async () => {
  const workspace = await workspaceWith(3);
  const second = '[[d1_databases]]\nbinding = "LOGS"\ndatabase_name = "logs"\n';
  const { root, wranglerConfig } = workspace;
  const config = readFileSync(join(root, wranglerConfig), 'utf8');
  workspace.write({ [wranglerConfig]: `${config}\n${second}` });
  const { stdout, exitCode } = await start('list', workspace, { json: true });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('backup-2025-09-03') });
});

it('the executor prune deletes what no rule keeps, and only shows it in a dry run', async () => {
  const workspace = await workspaceWith(2, 3, 4);
  const files = () => readdirSync(join(workspace.root, 'backups'));
  const { stdout } = await start('prune', workspace, { keepLast: 2, dryRun: true });
  expect(stdout).toMatch(/1 archive would go .*, 2 archives kept\. Nothing was deleted\.$/);
  expect(files()).toHaveLength(3);
  expect((await start('prune', workspace)).stderr).toMatch('No rule says what to keep.');
  expect((await start('prune', workspace, { keepLast: 2 })).exitCode).toBe(0);
  expect(files()).toEqual(['backup-2025-09-03-143022.zip', 'backup-2025-09-04-143022.zip']);
});
