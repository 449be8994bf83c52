import { findProduction, listEnvironments } from './resolve.ts';
import type { EnvironmentSettings } from './setting.ts';
import { parseWranglerConfig } from './wrangler-config.ts';

const database = [{ binding: 'DB' }];

function summary(value: object, settings: EnvironmentSettings = {}): string[] {
  const config = parseWranglerConfig({ file: '/w/wrangler.json', text: JSON.stringify(value) });
  return listEnvironments(config, settings).map(
    (one) =>
      `${one.name} = ${one.wranglerEnv || 'top'}, ${one.location}${one.protected ? ', protected' : ''}`,
  );
}

function named(...names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, { d1_databases: database }]));
}

describe('listEnvironments', () => {
  it.each<[string, object, EnvironmentSettings, string[]]>([
    ['nothing without a database', { env: { production: {} } }, {}, []],
    ['the top level as development', { d1_databases: database }, {}, ['development = top, local']],
    [
      'the names that say local or remote, and protected',
      { d1_databases: database, env: named('dev', 'local', 'test', 'staging', 'prod', 'production') },
      {},
      [
        'development = top, local',
        'dev = dev, local',
        'local = local, local',
        'test = test, local',
        'staging = staging, remote',
        'prod = prod, remote, protected',
        'production = production, remote, protected',
      ],
    ],
    [
      'the top level as default beside an env.development',
      { d1_databases: database, env: named('development') },
      {},
      ['default = top, local', 'development = development, local'],
    ],
    [
      'the top level as default beside an env.development without a database',
      { d1_databases: database, env: { development: {} } },
      {},
      ['default = top, local'],
    ],
    [
      'the top level under a third name when both are taken',
      { d1_databases: database, env: named('development', 'default') },
      {},
      ['top-level = top, local', 'development = development, local', 'default = default, remote, protected'],
    ],
    [
      'only environments with a database of their own',
      { env: { ...named('production'), staging: {} } },
      {},
      ['production = production, remote, protected'],
    ],
    [
      'a setting over what the name says',
      { d1_databases: database, env: named('staging', 'production') },
      {
        development: { protected: true },
        staging: { location: 'local' },
        production: { protected: false },
      },
      ['development = top, local, protected', 'staging = staging, local', 'production = production, remote'],
    ],
    [
      'no protection to what is local, whatever its name',
      { env: named('production') },
      { production: { location: 'local' } },
      ['production = production, local'],
    ],
    [
      'the protection of a wrangler environment to every name that stands on it',
      { env: named('prod-eu') },
      { staging: { wranglerEnv: 'prod-eu' } },
      ['staging = prod-eu, remote, protected'],
    ],
    [
      'a production made from the top level, beside its local side',
      { d1_databases: database },
      { production: { wranglerEnv: '', location: 'remote' } },
      ['development = top, local', 'production = top, remote, protected'],
    ],
    [
      'the location of a made environment by its name',
      { d1_databases: database },
      { production: { wranglerEnv: '' } },
      ['development = top, local', 'production = top, remote, protected'],
    ],
    [
      'another name for an environment',
      { d1_databases: database, env: named('prod') },
      { production: { wranglerEnv: 'prod' }, dev: { wranglerEnv: '' } },
      ['production = prod, remote, protected', 'dev = top, local'],
    ],
    [
      'a local side of a named environment',
      { env: named('staging') },
      { local: { wranglerEnv: 'staging' } },
      ['staging = staging, remote', 'local = staging, local'],
    ],
    [
      'the top level as default when a setting takes the name development',
      { d1_databases: database, env: named('dev') },
      { development: { wranglerEnv: 'dev' } },
      ['default = top, local', 'development = dev, local'],
    ],
    [
      'a setting that repeats the name of its environment',
      { env: named('staging') },
      { staging: { wranglerEnv: 'staging', location: 'local' } },
      ['staging = staging, local'],
    ],
    [
      'no environment for a setting that this config does not have',
      { d1_databases: database },
      { qa: { protected: true }, preview: { wranglerEnv: 'preview' } },
      ['development = top, local'],
    ],
  ])('gives %s', (_, value, settings, expected) => {
    expect(summary(value, settings)).toEqual(expected);
  });

  it.each([
    ...['Production', 'PRODUCTION', 'Prod', 'prd', 'live', 'production-eu', 'main', 'eu', 'acme', 'default'],
    ...['staging-live', 'test_production', 'contest', 'canary', 'pre', 'demo'],
  ])('protects %s, which its name does not show to be harmless', (name) => {
    expect(summary({ env: named(name) })).toEqual([`${name} = ${name}, remote, protected`]);
  });

  it.each([
    ...['staging', 'STAGING', 'Stage', 'stg', 'preview', 'preview-eu', 'preview_123', 'qa', 'qa2', 'QA.eu'],
    ...[
      'Dev',
      'dev-anna',
      'develop',
      'Development',
      'TEST',
      'testing',
      'test-1',
      'uat',
      'sandbox',
      'e2e',
      'ci',
    ],
  ])('does not protect %s, which its name shows to be harmless', (name) => {
    expect(summary({ env: named(name) })).toEqual([`${name} = ${name}, remote`]);
  });

  it('carries databases, buckets, account and file', () => {
    const config = parseWranglerConfig({
      file: '/w/wrangler.toml',
      text: 'account_id = "acc"\n[env.staging]\n[[env.staging.d1_databases]]\nbinding = "DB"\n[[env.staging.r2_buckets]]\nbinding = "B"\n',
    });
    expect(listEnvironments(config, {})).toEqual([
      expect.objectContaining({
        name: 'staging',
        accountId: 'acc',
        configFile: '/w/wrangler.toml',
        workerName: 'w',
        line: 2,
        databases: [expect.objectContaining({ binding: 'DB' })],
        buckets: [{ binding: 'B', bucketName: undefined, line: 5 }],
      }),
    ]);
  });
});

describe('findProduction', () => {
  it.each([
    ['the only protected one', ['staging', 'main'], 'main'],
    ['the one that is called so', ['canary', 'production', 'staging'], 'production'],
    ['none where two are called so', ['production-eu', 'production-us'], undefined],
    ['none where none of several is', ['eu', 'us'], undefined],
    ['none where all are harmless', ['staging', 'dev'], undefined],
  ])('finds %s', (_, names, expected) => {
    const text = JSON.stringify({ env: named(...names) });
    const environments = listEnvironments(parseWranglerConfig({ file: '/w/wrangler.json', text }), {});
    expect(findProduction(environments)?.name).toBe(expected);
  });
});
