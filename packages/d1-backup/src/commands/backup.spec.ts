import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { backupWorkspace, outputOf, putLocalObjects } from '../testing/backups.ts';
import { execute, startExecutor } from '../testing/restores.ts';

const start = (workspace: ReturnType<typeof backupWorkspace>, options: object = {}) =>
  startExecutor('backup', workspace, options);

async function workspaceWithContent() {
  const workspace = backupWorkspace();
  await execute(workspace, 'CREATE TABLE art (id INTEGER PRIMARY KEY)', 'INSERT INTO art VALUES (1), (2)');
  await putLocalObjects(workspace, { 'originals/a.jpg': 'photo' });
  return workspace;
}

describe('the executor backup', () => {
  it('makes an archive in the folder backups, and says what is in it', async () => {
    const workspace = await workspaceWithContent();
    const { stdout, stderr, exitCode } = await start(workspace);
    const [name = ''] = readdirSync(outputOf(workspace));
    expect(stdout.split('\n')).toEqual([
      'development (local) · database test-development (binding DB, id 4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0)',
      'Database: 1 table with 2 rows, read from a copy of the file',
      'Objects: 1 object of the bucket photos, 5 B',
      '',
      'Saved and proved: the database was restored and compared, and every byte was read again.',
      expect.stringContaining(name),
    ]);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('tells programs the same in one document, with exit code 3 when nothing was proved', async () => {
    const workspace = await workspaceWithContent();
    const { stdout, exitCode } = await start(workspace, { json: true, verify: false });
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      version: 1,
      command: 'backup',
      exitCode: 3,
      environment: 'development',
      outcome: 'saved',
      proof: { result: 'skipped', at: null },
      content: {
        database: { mode: 'online', consistent: true, tables: [{ name: 'art', rows: 2 }] },
        photos: { bucket: 'photos', objects: 1, bytes: 5, reused: 0, problems: [] },
      },
    });
    expect(readdirSync(outputOf(workspace))).toEqual([basename(document.archive)]);
    // Nx itself knows success and failure alone.
    expect(exitCode).toBe(1);
  });

  it.each([
    [{ databaseOnly: true, photosOnly: true }, 'contradicting-options'],
    [{ output: 's3://archives/d1' }, 'missing-r2-credentials'],
    [{ concurrency: 0 }, 'invalid-concurrency'],
    [{ recipient: ['nobody'] }, 'invalid-recipient'],
    [{ bucket: 'PHOTO' }, 'unknown-bucket'],
    [{ environment: 'nowhere' }, 'unknown-environment'],
  ])('refuses the options %j before it writes anything', async (options, code) => {
    const workspace = backupWorkspace();
    const { stdout } = await start(workspace, { json: true, ...options });
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 2, error: { code } });
    expect(readdirSync(workspace.root)).not.toContain('backups');
  });
});
