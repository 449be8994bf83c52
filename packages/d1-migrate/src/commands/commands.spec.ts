import { testWorkspace } from 'd1-core/testing';
import { query, startExecutor } from '../testing/index.ts';

const MIGRATIONS = { '0001_a.sql': 'CREATE TABLE a (x);\n' };

/** A local environment that asks before it is changed. */
const PROTECTED = { settings: { development: { protected: true } } };

describe('the executor migrate', () => {
  it('says what it touches, and what it did', async () => {
    const { stdout, exitCode } = await startExecutor('migrate', testWorkspace({ migrations: MIGRATIONS }));
    expect(stdout.split('\n')).toEqual([
      'development (local) · database test-development (binding DB, id 4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0)',
      '',
      '1 pending migration:',
      '  0001_a.sql',
      '',
      '  ✔ 0001_a.sql',
      '',
      expect.stringMatching(/^1 migration applied in \d+\.\d s\.$/),
    ]);
    expect(exitCode).toBe(0);
  });

  it('asks nobody where nobody is, and changes nothing', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const { stderr, exitCode } = await startExecutor('migrate', workspace, PROTECTED);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('development is protected, and nothing was changed.');
    expect(stderr).toContain('--confirm=test-development');
    expect(await query(workspace, `SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`)).toEqual([]);
  });

  it('takes no other name for a confirmation', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const { stderr } = await startExecutor('migrate', workspace, {
      ...PROTECTED,
      confirm: 'test-production',
    });
    expect(stderr).toContain('--confirm=test-production is not the name of this database.');
  });

  it('goes on with the right name, and needs none when nothing is pending', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const confirmed = await startExecutor('migrate', workspace, {
      ...PROTECTED,
      confirm: 'test-development',
    });
    expect(confirmed).toMatchObject({ exitCode: 0 });
    expect(await startExecutor('migrate', workspace, PROTECTED)).toMatchObject({ exitCode: 0 });
  });

  it('prints one JSON document, with everything else beside it', async () => {
    const workspace = testWorkspace({ migrations: { '0001_bad.sql': 'VACUUM;\n' } });
    const { stdout, stderr, exitCode } = await startExecutor('migrate', workspace, { json: true });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      command: 'migrate',
      exitCode: 1,
      environment: 'development',
      outcome: 'failed',
      migrations: [{ name: '0001_bad.sql', outcome: 'failed' }],
      error: { code: 'sql-not-authorized', location: { line: 1, column: 1 } },
    });
    expect(stderr).toContain('1 pending migration:');
  });

  it.each([
    ['environment', { environment: 'prodution' }, 'Did you mean "production"?'],
    ['binding', { database: 'DBB' }, 'Write --database=DB.'],
    ['wrangler config', { wranglerConfig: 'nowhere.toml' }, 'nowhere.toml'],
  ])('explains a wrong %s in a sentence, without a stack', async (_, options, text) => {
    const { stderr, stdout, exitCode } = await startExecutor('migrate', testWorkspace(), options);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(text);
    expect(stderr).toContain('Fix: ');
    expect(`${stderr}${stdout}`).not.toMatch(/^ +at .*\.ts/m);
  });
});

describe('the executor status', () => {
  it('fails a check while something is pending, and not without the check', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    expect(await startExecutor('status', workspace)).toMatchObject({ exitCode: 0 });
    expect(await startExecutor('status', workspace, { check: true })).toMatchObject({ exitCode: 1 });
    await startExecutor('reset', workspace);
    expect(await startExecutor('status', workspace, { check: true })).toMatchObject({ exitCode: 0 });
  });
});

describe('the executor reset', () => {
  it('says what it made', async () => {
    const { stdout, exitCode } = await startExecutor('reset', testWorkspace({ migrations: MIGRATIONS }));
    expect(stdout).toMatch(/^New database: 1 migration applied in \d+\.\d s\.$/m);
    expect(exitCode).toBe(0);
  });
});
