import { basename, dirname } from 'node:path';
import { D1Error, nearest } from '../errors/index.ts';
import type { D1Binding, Environment, WranglerConfig, Location, WranglerEnvironment } from './types.ts';
import type { EnvironmentSetting, EnvironmentSettings } from './setting.ts';

/**
 * The environment of a name. Throws D1Error `no-database` when nothing, or not this environment, has a D1 database,
 * and `unknown-environment` when the config and the settings do not have it.
 */
export function resolveEnvironment(
  config: WranglerConfig,
  settings: EnvironmentSettings,
  name = 'development',
): Environment {
  const environments = listEnvironments(config, settings);
  const found = environments.find((environment) => environment.name === name);
  if (found !== undefined) return found;
  if (environments.length === 0) throw noDatabase(config, `${basename(config.file)} has no D1 database.`);

  const wranglerEnv = config.environments.find(
    (environment) => environment.name === (settings[name]?.wranglerEnv ?? name),
  );
  if (wranglerEnv !== undefined && wranglerEnv.databases.length === 0) {
    const message = `The environment "${name}" of ${basename(config.file)} has no D1 database of its own; wrangler does not inherit d1_databases.`;
    throw noDatabase(config, message, wranglerEnv.name, wranglerEnv.line);
  }
  throw unknownEnvironment(config, name, environments);
}

/**
 * The database of a binding, or the only database. Throws D1Error `several-databases`, `unknown-database` or
 * `duplicate-binding`.
 */
export function chooseDatabase(environment: Environment, binding?: string): D1Binding {
  const { databases } = environment;
  const bindings = [...new Set(databases.map((database) => database.binding))];
  const wanted = binding ?? (bindings.length === 1 ? bindings[0] : undefined);
  if (wanted === undefined) throw severalDatabases(environment, bindings);

  const [database, second] = databases.filter((candidate) => candidate.binding === wanted);
  if (database === undefined) throw unknownDatabase(environment, wanted, bindings);
  if (second !== undefined) throw duplicateBinding(environment, second);
  return database;
}

/** Two databases under one binding: wrangler would take one of them, without a word. */
export function duplicateBinding(environment: Environment, second: D1Binding): D1Error {
  return new D1Error({
    code: 'duplicate-binding',
    message: `The environment "${environment.name}" of ${basename(environment.configFile)} has two databases with the binding "${second.binding}".`,
    fix: 'Give each entry of d1_databases a binding of its own.',
    exitCode: 2,
    location: { file: environment.configFile, line: second.line },
  });
}

function noDatabase(config: WranglerConfig, message: string, wranglerEnv = '', line?: number): D1Error {
  const key = wranglerEnv === '' ? 'd1_databases' : `env.${wranglerEnv}.d1_databases`;
  const text = config.file.endsWith('.toml')
    ? `[[${key}]] with binding = "DB", database_name and database_id`
    : `"${key}": [{ "binding": "DB", "database_name": "…", "database_id": "…" }]`;
  return new D1Error({
    code: 'no-database',
    message,
    fix: `Add ${text}. "npx wrangler d1 create <name>" makes a database and prints the entry.`,
    exitCode: 2,
    location: { file: config.file, line },
  });
}

function unknownEnvironment(
  config: WranglerConfig,
  name: string,
  environments: readonly Environment[],
): D1Error {
  const known = environments.map((environment) => environment.name);
  const meant = nearest(name, known);
  const names = known.join(', ');
  return new D1Error({
    code: 'unknown-environment',
    message: `${basename(config.file)} has no environment "${name}".`,
    fix: `${meant === undefined ? `Use one of: ${names}.` : `Did you mean "${meant}"? Known: ${names}.`} A new one is an env.<name> with its own d1_databases in ${basename(config.file)}.`,
    exitCode: 2,
    location: { file: config.file },
  });
}

function severalDatabases(environment: Environment, bindings: readonly string[]): D1Error {
  return new D1Error({
    code: 'several-databases',
    message: `The environment "${environment.name}" has ${bindings.length} D1 databases: ${bindings.join(', ')}.`,
    fix: `Choose one: ${bindings.map((binding) => `--database=${binding}`).join(' or ')}`,
    exitCode: 2,
    location: { file: environment.configFile, line: environment.line },
  });
}

function unknownDatabase(environment: Environment, wanted: string, bindings: readonly string[]): D1Error {
  const named = environment.databases.find((database) => database.databaseName === wanted);
  const meant = named?.binding ?? nearest(wanted, bindings);
  return new D1Error({
    code: 'unknown-database',
    message:
      named === undefined
        ? `The environment "${environment.name}" has no D1 database with the binding "${wanted}".`
        : `"${wanted}" is the name of a database; its binding in the environment "${environment.name}" is "${named.binding}".`,
    fix: `${meant === undefined ? 'Use one of' : `Write --database=${meant}. Known`}: ${bindings.join(', ')}.`,
    exitCode: 2,
    location: { file: environment.configFile, line: named?.line ?? environment.line },
  });
}

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
