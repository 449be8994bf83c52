import { checkEnvironment, databaseIdProblem, findEnvironmentProblems } from './check.ts';
import { listEnvironments, resolveEnvironment } from './resolve.ts';
import type { EnvironmentSettings } from './setting.ts';
import { parseWranglerConfig } from './wrangler-config.ts';

const one = '1f0c2a7e-5a44-4a0e-9d8e-0123456789ab';
const two = '2f0c2a7e-5a44-4a0e-9d8e-0123456789ab';
const file = '/w/wrangler.toml';

function toCheck(text: string, name: string, settings: EnvironmentSettings = {}) {
  const config = parseWranglerConfig({ file, text });
  return {
    environment: resolveEnvironment(config, settings, name),
    environments: listEnvironments(config, settings),
  };
}
function database(env: string, binding: string, id?: string): string {
  const header = env === '' ? 'd1_databases' : `env.${env}.d1_databases`;
  return `[[${header}]]\nbinding = "${binding}"\n${id === undefined ? '' : `database_id = "${id}"\n`}`;
}
const codes = (...args: Parameters<typeof toCheck>) =>
  findEnvironmentProblems(toCheck(...args)).map((problem) => problem.code);

describe('databaseIdProblem', () => {
  it.each([
    [one, undefined],
    [one.toUpperCase(), undefined],
    ['11111111-1111-4111-8111-111111111111', undefined],
    [undefined, 'missing'],
    ['', 'missing'],
    ['  ', 'missing'],
    ['xxxx', 'placeholder'],
    ['XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX', 'placeholder'],
    ['00000000-0000-0000-0000-000000000000', 'placeholder'],
    ['0', 'placeholder'],
    ['...', 'placeholder'],
    ['<your-id>', 'placeholder'],
    ['<DATABASE_ID>', 'placeholder'],
    ['${DATABASE_ID}', 'placeholder'],
    ['{{ id }}', 'placeholder'],
    ['your-database-id', 'placeholder'],
    ['YOUR_DATABASE_ID_HERE', 'placeholder'],
    ['REPLACE_ME', 'placeholder'],
    ['TODO', 'placeholder'],
    ['todo: production id', 'placeholder'],
    ['undefined', 'placeholder'],
    ['archive-prod', 'invalid'],
    [`${one}0`, 'invalid'],
    [one.replaceAll('-', ''), 'invalid'],
  ])('says of %s: %s', (id, problem) => {
    expect(databaseIdProblem(id)).toBe(problem);
  });
});

describe('findEnvironmentProblems', () => {
  it.each<[string, string, string, EnvironmentSettings, string[]]>([
    ['a remote environment with an id', database('production', 'DB', one), 'production', {}, []],
    [
      'a remote placeholder',
      database('production', 'DB', 'xxxx'),
      'production',
      {},
      ['placeholder-database-id'],
    ],
    [
      'a remote database without an id',
      database('production', 'DB'),
      'production',
      {},
      ['missing-database-id'],
    ],
    [
      'a remote id that is no UUID',
      database('production', 'DB', 'archive'),
      'production',
      {},
      ['invalid-database-id'],
    ],
    ['a local placeholder', database('', 'DB', 'xxxx'), 'development', {}, []],
    ['a local database without an id', database('', 'DB'), 'development', {}, []],
    [
      'a placeholder on the remote side of the top level',
      database('', 'DB', 'xxxx'),
      'production',
      { production: { wranglerEnv: '' } },
      ['placeholder-database-id'],
    ],
    [
      'two remote environments with one id',
      database('staging', 'DB', one) + database('production', 'DB', one.toUpperCase()),
      'staging',
      {},
      ['shared-database-id'],
    ],
    [
      'a local environment with the id of a remote one',
      database('', 'DB', one) + database('production', 'DB', one),
      'development',
      {},
      [],
    ],
    [
      'two local environments with one id',
      database('', 'DB', one) + database('test', 'DB', one),
      'development',
      {},
      ['shared-database-id'],
    ],
    [
      'the local and remote sides of one wrangler environment',
      database('', 'DB', one),
      'development',
      { production: { wranglerEnv: '' } },
      [],
    ],
    [
      'two environments made from one in the same location',
      database('', 'DB', one),
      'production',
      { production: { wranglerEnv: '' }, staging: { wranglerEnv: '' } },
      ['shared-database-id'],
    ],
    [
      'one placeholder in two local environments',
      database('', 'DB', 'xxxx') + database('test', 'DB', 'xxxx'),
      'development',
      {},
      ['shared-database-id'],
    ],
    [
      'two local environments without an id',
      database('', 'DB') + database('test', 'DB'),
      'test',
      {},
      ['shared-database-id'],
    ],
    [
      'two local environments without an id whose bindings differ',
      database('', 'DB') + database('test', 'TEST_DB'),
      'test',
      {},
      [],
    ],
    [
      'two local environments that share an id only with a preview_database_id',
      `${database('', 'DB', one)}preview_database_id = "${two}"\n${database('test', 'DB', two)}`,
      'development',
      {},
      ['shared-database-id'],
    ],
    [
      'two local environments whose preview_database_id tells them apart',
      `${database('', 'DB', one)}preview_database_id = "${two}"\n${database('test', 'DB', one)}`,
      'development',
      {},
      [],
    ],
    [
      'one placeholder in two remote environments',
      database('staging', 'DB', 'xxxx') + database('production', 'DB', 'xxxx'),
      'staging',
      {},
      ['placeholder-database-id'],
    ],
    [
      'a doubled binding',
      database('', 'DB', one) + database('', 'DB', two),
      'development',
      {},
      ['duplicate-binding'],
    ],
    ['an unsafe binding', database('', 'DB; rm', one), 'development', {}, ['unsafe-name']],
    ['an environment like a flag', database('--remote', 'DB', one), '--remote', {}, ['unsafe-name']],
    ['an environment with a colon', database('"a:b"', 'DB', one), 'a:b', {}, ['unsafe-name']],
    [
      'an unsafe database name',
      `${database('', 'DB', one)}database_name = "$(id)"\n`,
      'development',
      {},
      ['unsafe-name'],
    ],
    [
      'an unsafe wrangler environment under a safe name',
      database('"a b"', 'DB', one),
      'staging',
      { staging: { wranglerEnv: 'a b' } },
      ['unsafe-name'],
    ],
  ])('judges %s', (_, text, name, settings, expected) => {
    expect(codes(text, name, settings)).toEqual(expected);
  });

  it('judges only the chosen database when there is one', () => {
    const check = toCheck(database('production', 'DB', one) + database('production', 'LOGS'), 'production');
    const [db, logs] = check.environment.databases;
    expect(findEnvironmentProblems({ ...check, database: db })).toEqual([]);
    expect(findEnvironmentProblems({ ...check, database: logs })).toHaveLength(1);
  });
});

describe('checkEnvironment', () => {
  it('is silent when there is no problem', () => {
    expect(() => checkEnvironment(toCheck(database('production', 'DB', one), 'production'))).not.toThrow();
  });

  it('throws the problem with file, line and fix', () => {
    const text = `${database('production', 'DB', '<id>')}database_name = "archive"\n`;
    expect(() => checkEnvironment(toCheck(text, 'production'))).toThrow(
      expect.objectContaining({
        code: 'placeholder-database-id',
        message:
          'The database "DB" of the environment "production" in wrangler.toml has a placeholder as database_id ("<id>").',
        fix: 'Write the id that "npx wrangler d1 info archive" prints; "npx wrangler d1 create archive" makes the database.',
        exitCode: 2,
        location: { file, line: 3 },
        notes: [],
      }),
    );
  });

  it('names further problems as notes of the first', () => {
    const text = database('production', 'DB', 'xxxx') + database('production', 'LOGS');
    expect(() => checkEnvironment(toCheck(text, 'production'))).toThrow(
      expect.objectContaining({
        code: 'placeholder-database-id',
        notes: ['The database "LOGS" of the environment "production" in wrangler.toml has no database_id.'],
      }),
    );
  });
});
