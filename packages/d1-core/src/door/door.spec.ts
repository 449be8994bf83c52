import { about, atDoor, commandLine, lineFor, lineInFile, type Door } from './index.ts';

const NX: Door = {
  kind: 'nx',
  project: 'api',
  targets: { 'd1-migrate:rollback': 'd1-rollback' },
  config: 'apps/api',
};
const TERMINAL: Door = { kind: 'terminal' };

describe('a command in a message', () => {
  it('is run as the reader has run this one, with its environment and database', () => {
    const lines = (door: Door) =>
      atDoor({ door, where: { environment: 'production', database: 'DB' } }, () => [
        commandLine('d1-migrate:rollback', '--to=0002'),
        commandLine('d1-migrate:rollback-script', '0003_tags.sql', '--overwrite'),
        lineFor({ environment: 'staging' }, 'd1-migrate:adopt', 'restart'),
        commandLine('d1-lint:lint', '--fix'),
      ]);
    expect(lines(NX)).toEqual([
      'npx nx run api:d1-rollback --configuration=production --database=DB --to=0002',
      'npx nx g d1-migrate:rollback-script 0003_tags.sql --database=DB --overwrite',
      'npx nx g d1-migrate:adopt restart --environment=staging --database=DB',
      'npx d1-lint --fix',
    ]);
    expect(lines(TERMINAL)).toEqual([
      'npx d1-migrate rollback --env=production --database=DB --to=0002',
      'npx d1-migrate rollback-script 0003_tags.sql --database=DB --overwrite',
      'npx d1-migrate adopt restart --env=staging --database=DB',
      'npx d1-lint --fix',
    ]);
    expect(lines({ kind: 'script' })).toEqual([
      'd1-migrate rollback (environment=production, database=DB, to=0002)',
      'd1-migrate rollback-script (database=DB, 0003_tags.sql, overwrite)',
      'd1-migrate adopt (environment=staging, database=DB, restart)',
      'd1-lint lint (fix)',
    ]);
  });

  it('is named alone where nobody came in by a door', () => {
    expect(commandLine('d1-migrate:status')).toBe('d1-migrate status');
  });

  it('leads to the Worker in a terminal that is not in its folder', () => {
    const door: Door = { kind: 'terminal', config: 'apps/my api' };
    expect(atDoor({ door, where: {} }, () => commandLine('d1-backup:restore', '--archive=<file>'))).toBe(
      "npx d1-backup restore '--config=apps/my api' --archive=<file>",
    );
    expect(atDoor({ door: NX, where: {} }, () => commandLine('d1-backup:list'))).toBe(
      'npx d1-backup list --config=apps/api',
    );
  });

  it('is about a part of a run, also after a wait', async () => {
    const line = atDoor({ door: TERMINAL, where: { environment: 'production' } }, () =>
      about({ database: 'LOG' }, async () => {
        await Promise.resolve();
        return commandLine('d1-migrate:status');
      }),
    );
    expect(await line).toBe('npx d1-migrate status --env=production --database=LOG');
  });

  it('can be run from a file that a script has written', () => {
    expect(lineInFile({ environment: 'production' }, 'd1-backup:verify', '--archive=<file>')).toBe(
      'npx d1-backup verify --env=production --archive=<file>',
    );
  });
});
