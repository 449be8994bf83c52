import { chooseDatabase, resolveEnvironment } from './resolve.ts';
import type { EnvironmentSettings } from './setting.ts';
import { parseWranglerConfig } from './wrangler-config.ts';

const file = '/w/wrangler.json';
const full = {
  d1_databases: [{ binding: 'DB' }],
  env: {
    staging: {},
    production: { d1_databases: [{ binding: 'DB', database_name: 'archive' }, { binding: 'LOGS' }] },
  },
};

function resolve(value: object, name?: string, settings: EnvironmentSettings = {}) {
  return resolveEnvironment(
    parseWranglerConfig({ file, text: JSON.stringify(value, null, 1) }),
    settings,
    name,
  );
}

describe('resolveEnvironment', () => {
  it('takes development when no name is given', () => {
    expect(resolve(full).name).toBe('development');
    expect(resolve(full, 'production').wranglerEnv).toBe('production');
  });

  it.each<[string, object, string, EnvironmentSettings, object]>([
    [
      'nothing in the config',
      { env: { production: {} } },
      'production',
      {},
      { code: 'no-database', message: 'wrangler.json has no D1 database.' },
    ],
    [
      'an environment that inherits no database',
      full,
      'staging',
      {},
      {
        code: 'no-database',
        message:
          'The environment "staging" of wrangler.json has no D1 database of its own; wrangler does not inherit d1_databases.',
        fix: expect.stringContaining('"env.staging.d1_databases": [{ "binding": "DB"'),
        location: { file, line: 8 },
      },
    ],
    [
      'a setting on an environment without a database',
      full,
      'qa',
      { qa: { wranglerEnv: 'staging' } },
      { code: 'no-database', fix: expect.stringContaining('env.staging.d1_databases') },
    ],
    [
      'a misspelled name',
      full,
      'prodution',
      {},
      {
        code: 'unknown-environment',
        message: 'wrangler.json has no environment "prodution".',
        fix: expect.stringContaining('Did you mean "production"? Known: development, production.'),
      },
    ],
    [
      'a name that is like no other',
      full,
      'qa',
      {},
      { code: 'unknown-environment', fix: expect.stringContaining('Use one of: development, production.') },
    ],
    ['an empty name', full, '', {}, { code: 'unknown-environment', exitCode: 2 }],
    [
      'development where there is none',
      { env: { production: full.env.production } },
      'development',
      {},
      { code: 'unknown-environment', fix: expect.stringContaining('Use one of: production.') },
    ],
  ])('refuses %s', (_, value, name, settings, error) => {
    expect(() => resolve(value, name, settings)).toThrow(expect.objectContaining(error));
  });
});

describe('chooseDatabase', () => {
  it('takes the only database, or the one named', () => {
    expect(chooseDatabase(resolve(full)).binding).toBe('DB');
    expect(chooseDatabase(resolve(full, 'production'), 'LOGS').binding).toBe('LOGS');
  });

  it.each([
    [
      'several without a choice',
      undefined,
      {
        code: 'several-databases',
        message: 'The environment "production" has 2 D1 databases: DB, LOGS.',
        fix: 'Choose one: --database=DB or --database=LOGS',
      },
    ],
    [
      'a misspelled binding',
      'LOG',
      { code: 'unknown-database', fix: 'Write --database=LOGS. Known: DB, LOGS.' },
    ],
    ['an unknown binding', 'CACHE', { code: 'unknown-database', fix: 'Use one of: DB, LOGS.' }],
    [
      'a database name in place of its binding',
      'archive',
      {
        code: 'unknown-database',
        message: '"archive" is the name of a database; its binding in the environment "production" is "DB".',
        fix: 'Write --database=DB. Known: DB, LOGS.',
      },
    ],
  ])('refuses %s', (_, binding, error) => {
    expect(() => chooseDatabase(resolve(full, 'production'), binding)).toThrow(
      expect.objectContaining(error),
    );
  });

  it('refuses a binding that stands for two databases', () => {
    const doubled = { d1_databases: [{ binding: 'DB' }, { binding: 'DB' }] };
    expect(() => chooseDatabase(resolve(doubled))).toThrow(
      expect.objectContaining({ code: 'duplicate-binding', location: { file, line: 6 } }),
    );
  });
});
