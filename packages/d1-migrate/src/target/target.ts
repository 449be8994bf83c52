import { dirname, join, resolve } from 'node:path';
import {
  checkEnvironment,
  chooseDatabase,
  listEnvironments,
  readWranglerConfig,
  resolveEnvironment,
  type D1Binding,
  type Environment,
  type EnvironmentSettings,
} from 'd1-core/environment';
import { findWrangler, type Wrangler } from 'd1-core/wrangler';

/** One database in one environment, and the wrangler that works on it. */
export interface Target {
  readonly environment: Environment;
  readonly database: D1Binding;
  readonly wrangler: Wrangler;
  /** The folder that wrangler's `--persist-to` names; what a local database is kept in. */
  readonly persistTo: string;
  /** The name of the last migration whose number and name are taken as they are. */
  readonly startAfter: string | undefined;
}

/** The options that every executor has, and that say which database is meant. */
export interface TargetOptions {
  /** The wrangler config, relative to the workspace root. */
  readonly wranglerConfig: string;
  readonly environment?: string | undefined;
  /** The binding, when the Worker has several databases. */
  readonly database?: string | undefined;
  /** Another place for local databases than `.wrangler/state` beside the config; relative to the workspace root. */
  readonly persistTo?: string | undefined;
  /** Numbers and names of the files up to this migration are taken as they are: they are applied somewhere. */
  readonly startAfter?: string | undefined;
  /** What the plugin's options say about environments. */
  readonly settings?: EnvironmentSettings | undefined;
}

/** The database that the options name. Throws what is wrong with them, or with the wrangler config. */
export function resolveTarget(options: TargetOptions, workspaceRoot: string): Target {
  const file = resolve(workspaceRoot, options.wranglerConfig);
  const settings = options.settings ?? {};
  const config = readWranglerConfig(file);
  const environment = resolveEnvironment(config, settings, options.environment);
  return targetOf(environment, listEnvironments(config, settings), options, workspaceRoot);
}

/** The same database of every environment, in the order of the wrangler config. */
export function resolveTargets(options: TargetOptions, workspaceRoot: string): readonly Target[] {
  const config = readWranglerConfig(resolve(workspaceRoot, options.wranglerConfig));
  const environments = listEnvironments(config, options.settings ?? {});
  return environments.map((environment) => targetOf(environment, environments, options, workspaceRoot));
}

function targetOf(
  environment: Environment,
  environments: readonly Environment[],
  options: TargetOptions,
  workspaceRoot: string,
): Target {
  const database = chooseDatabase(environment, options.database);
  checkEnvironment({ environment, environments, database });
  return {
    environment,
    database,
    wrangler: findWrangler(dirname(environment.configFile)),
    persistTo:
      options.persistTo === undefined
        ? join(dirname(environment.configFile), '.wrangler', 'state')
        : resolve(workspaceRoot, options.persistTo),
    startAfter: options.startAfter,
  };
}

/** The plain line that says what will be touched. */
export function describeTarget({ environment, database }: Target): string {
  const name = database.databaseName ?? database.binding;
  const id = database.databaseId === undefined ? 'no id' : `id ${database.databaseId}`;
  const kind = environment.protected ? `${environment.location}, protected` : environment.location;
  return `${environment.name} (${kind}) · database ${name} (binding ${database.binding}, ${id})`;
}

/** A target as the JSON reports carry it. */
export function targetDocument({ environment, database }: Target): object {
  return {
    environment: environment.name,
    location: environment.location,
    protected: environment.protected,
    database: { binding: database.binding, name: database.databaseName, id: database.databaseId },
  };
}
