import { join } from 'node:path';
import { readAudit } from 'd1-core/audit';
import { temporaryFolder, testWorkspace } from 'd1-core/testing';
import { writeTestArchive } from '../testing/archive.ts';
import { useRemoteTargets } from '../testing/remote-targets.ts';
import { contentOf, startExecutor } from '../testing/restores.ts';

const CONTENT = {
  statements: ['CREATE TABLE art (id INTEGER PRIMARY KEY)', 'INSERT INTO art VALUES (1), (2)'],
};

describe('the executor restore', () => {
  const remote = useRemoteTargets(1);

  it('takes the newest archive, and reports in JSON what came back', async () => {
    const workspace = testWorkspace();
    await writeTestArchive(join(workspace.root), CONTENT);
    const { exitCode, stdout } = await startExecutor('restore', workspace, { archives: '.', json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      command: 'restore',
      exitCode: 0,
      environment: 'development',
      archive: expect.stringContaining('backup-2025-09-04-143022.zip'),
      outcome: 'restored',
      tables: [{ name: 'art', rows: 2 }],
      photos: null,
    });
  });

  it('restores no archive of another environment that nobody named', async () => {
    const workspace = testWorkspace();
    const environment = { name: 'production', location: 'remote' } as const;
    await writeTestArchive(workspace.root, { ...CONTENT, environment });
    const { exitCode, stderr } = await startExecutor('restore', workspace, { archives: '.' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no archive of development in');
    expect(stderr).toContain('1 archive of other environments is there; one of them has to be named.');
    expect((await contentOf(workspace)).objects).toEqual([]);
  });

  it('changes a protected environment only when its name is given, and notes it in the audit file', async () => {
    const { workspace, sql } = remote.make('production');
    await sql('CREATE TABLE mine (x)');
    const archive = await writeTestArchive(temporaryFolder(), CONTENT);
    const options = { environment: 'production', archive, overwrite: true };
    const refused = await startExecutor('restore', workspace, options, remote.env);
    expect(refused.stderr).toContain('production is protected, and nothing was changed.');
    expect(await sql('SELECT * FROM mine')).toEqual([[]]);

    const { stdout, stderr } = await startExecutor(
      'restore',
      workspace,
      { ...options, confirm: 'test-0' },
      remote.env,
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('npx wrangler d1 time-travel restore test-0 --env=production --bookmark=');
    expect(await sql('SELECT count(*) AS n FROM art')).toEqual([[{ n: 2 }]]);
    const lines = await readAudit(join(workspace.root, '.d1/audit/production.ndjson'));
    expect(lines.map(({ entry }) => [entry?.action, entry?.outcome, entry?.bookmark !== null])).toEqual([
      ['restore', 'refused', false],
      ['restore', 'started', true],
      ['restore', 'done', true],
    ]);
  });
});
