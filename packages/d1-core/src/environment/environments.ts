import { basename, dirname } from 'node:path';
import type { Environment, EnvironmentSetting, EnvironmentSettings } from './types.ts';
import type { Location, WranglerConfig, WranglerEnvironment } from './types.ts';

const localNames: ReadonlySet<string> = new Set(['development', 'dev', 'local', 'test']);
/** What stands at the beginning of the name of an environment that nobody misses: `Staging`, `preview-eu`, `qa2`. */
const harmlessWord =
  /^(?:dev|develop|development|local|test|tests|testing|qa|uat|sandbox|staging|stage|stg|preview|ci|e2e)\d*$/;
const liveWord = /^(?:production|prod|prd|live)\d*$/;

/**
 * The environments of a config that have a D1 database, the top level first.
 *
 * `development`, `dev`, `local`, `test` and the top level are local, all others remote; a remote one is protected unless
 * its name is known to be harmless. The top level is called `development`, or `default` where that name is taken.
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
  const place = setting?.location ?? location;
  const names = source.name === '' ? [name] : [name, source.name];
  return {
    name,
    wranglerEnv: source.name,
    location: place,
    protected: setting?.protected ?? (place === 'remote' && !names.every(isHarmless)),
    databases: source.databases,
    buckets: source.buckets,
    accountId: source.accountId,
    complianceRegion: source.complianceRegion,
    main: source.main,
    configFile: config.file,
    workerName: config.name ?? basename(dirname(config.file)),
    line: source.line,
  };
}

function locationOf(name: string): Location {
  return localNames.has(name) ? 'local' : 'remote';
}

/**
 * The environment that a workspace means by production: the only one that is remote and protected, or the only one of
 * these whose name says it. Undefined where that is not clear.
 */
export function findProduction(environments: readonly Environment[]): Environment | undefined {
  const guarded = environments.filter((one) => one.location === 'remote' && one.protected);
  const named = guarded.filter(({ name }) => isLive(name));
  return [guarded, named].find(({ length }) => length === 1)?.[0];
}

/** What a name does not say is taken for production. */
const isHarmless = (name: string): boolean => harmlessWord.test(wordsOf(name)[0] ?? '') && !isLive(name);

const isLive = (name: string): boolean => wordsOf(name).some((word) => liveWord.test(word));

const wordsOf = (name: string): readonly string[] => name.toLowerCase().split(/[^a-z0-9]+/);

function freeName(candidates: readonly string[], taken: ReadonlySet<string>): string {
  return candidates.find((name) => !taken.has(name)) ?? candidates.join('-');
}
