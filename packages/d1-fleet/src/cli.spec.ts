import { join } from 'node:path';
import { execa } from 'execa';
import { testWorkspace } from 'd1-core/testing';
import { MIGRATIONS } from './testing/fleet.ts';

const BIN = join(import.meta.dirname, 'cli.ts');

describe('d1-fleet in a terminal, in the folder of a Worker that has no Nx', () => {
  const { root, write } = testWorkspace({ migrations: MIGRATIONS });
  write({ 'tenants.csv': 'name,wave\nacme,early\nglobex,\ninitech,\n' });
  const run = (...words: readonly string[]) =>
    execa(process.execPath, [BIN, ...words], {
      cwd: root,
      reject: false,
      stdin: 'ignore',
      env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined, CI: 'true' },
    });

  it('shows where a fleet stands, migrates it in waves, and has nothing to do then', async () => {
    const before = await run('status', '--list=tenants.csv', '--check');
    expect([before.exitCode, before.stderr]).toEqual([1, '']);
    expect(before.stdout).toMatch(/^Fleet of 3 databases · .*\n\n3 +no migration +3 behind$/);

    const dry = await run('migrate', '--list=tenants.csv', '--dry-run');
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain('3 databases in 2 waves: early (1), rest (2)');

    const first = await run('migrate', '--list=tenants.csv', '--last-wave=1');
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toContain('✓ 1 database migrated');

    const second = await run('migrate', '--list=tenants.csv', '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({
      exitCode: 0,
      upToDate: 1,
      applied: [
        { id: 'globex', name: 'globex' },
        { id: 'initech', name: 'initech' },
      ],
      failed: [],
    });

    const after = await run('status', '--list=tenants.csv', '--check');
    expect(after.exitCode).toBe(0);
    expect(after.stdout).toMatch(/^3 +at 0003_year\.sql +up to date$/m);
  });

  it.each([
    [['status'], 'No fleet is named.', '--list=<file>'],
    [['status', '--match=*'], 'Local databases have no list of names', '--list=<file>'],
    [['migrate', '--list=nowhere.csv'], 'nowhere.csv', ''],
    [
      ['migrate', '--list=tenants.csv', '--waves=0.5'],
      '"0.5" is not the size of a wave',
      '--waves=1,1%,10%,rest',
    ],
    [['migrate', '--list=tenants.csv', '--max-failures=few'], '--maxFailures=few', '--maxFailures=1%'],
    [
      ['migrate', '--list=tenants.csv', '--only=acne'],
      'no database of this name',
      'npx d1-fleet status --json',
    ],
  ])('%j could not run', async (words, message, fix) => {
    const { exitCode, stderr } = await run(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(fix);
  });
});
