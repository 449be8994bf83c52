import type { Environment, EnvironmentSetting, EnvironmentSettings } from './types.ts';
import type { Location, WranglerConfig, WranglerEnvironment } from './types.ts';

const localNames: ReadonlySet<string> = new Set(['development', 'dev', 'local', 'test']);
const protectedNames: ReadonlySet<string> = new Set(['production', 'prod']);

/**
 * The environments of a config that have a D1 database, the top level first.
 *
 * `development`, `dev`, `local`, `test` and the top level are local, all others remote; `production` and `prod` are
 * protected. The top level is called `development`, or `default` where that name is taken.
 * A setting changes the environment of its name. With `wranglerEnv` it makes a new environment, which takes the place
 * of the one that stands on the same wrangler environment in the same location: so `production: { wranglerEnv: '' }`
 * is the remote side of the top level and leaves `development`, its local side, and `production: { wranglerEnv:
 * 'prod' }` gives `prod` another name.
 */
export function listEnvironments(
  config: WranglerConfig,
  settings: EnvironmentSettings,
): readonly Environment[] {
  const made = Object.entries(settings).flatMap(([name, setting]) => {
    const source = config.environments.find((environment) => environment.name === setting.wranglerEnv);
    return source === undefined ? [] : [makeEnvironment(config, source, name, locationOf(name), setting)];
  });
  const taken = new Set([...config.environments, ...made].map((environment) => environment.name));
  const found = config.environments.map((source) => {
    const isTop = source.name === '';
    const name = isTop ? freeName(['development', 'default', 'top-level'], taken) : source.name;
    const setting = settings[name];
    const own = setting?.wranglerEnv === undefined ? setting : undefined;
    return makeEnvironment(config, source, name, isTop ? 'local' : locationOf(name), own);
  });
  const kept = found.filter(
    (environment) =>
      !made.some(
        (other) =>
          other.name === environment.name ||
          (other.wranglerEnv === environment.wranglerEnv && other.location === environment.location),
      ),
  );
  return [...kept, ...made].filter((environment) => environment.databases.length > 0);
}

function makeEnvironment(
  config: WranglerConfig,
  source: WranglerEnvironment,
  name: string,
  location: Location,
  setting: EnvironmentSetting | undefined,
): Environment {
  return {
    name,
    wranglerEnv: source.name,
    location: setting?.location ?? location,
    protected: setting?.protected ?? protectedNames.has(name),
    databases: source.databases,
    buckets: source.buckets,
    accountId: source.accountId,
    configFile: config.file,
    line: source.line,
  };
}

function locationOf(name: string): Location {
  return localNames.has(name) ? 'local' : 'remote';
}

function freeName(candidates: readonly string[], taken: ReadonlySet<string>): string {
  return candidates.find((name) => !taken.has(name)) ?? candidates.join('-');
}
