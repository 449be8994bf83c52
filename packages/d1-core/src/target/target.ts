import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type D1,
  type LocalDatabase,
  openLocalD1,
  openRemoteD1,
  type RemoteDatabase,
} from '../database/index.ts';
import {
  checkEnvironment,
  chooseDatabase,
  type D1Binding,
  type Environment,
  type EnvironmentSetting,
  listEnvironments,
  localDatabaseId,
  readWranglerConfig,
  resolveEnvironment,
} from '../environment/index.ts';
import type { Where } from '../door/index.ts';
import { checkStamp } from '../records/index.ts';
import { findWrangler, type Wrangler, type WranglerTarget } from '../wrangler/index.ts';

/** What a change needs beside a confirmation, and where it is noted. */
export interface Protection extends Pick<EnvironmentSetting, 'branches' | 'cleanWorkTree'> {
  /** Absolute. Written for protected environments only. */
  readonly auditFile: string;
}

/** One database in one environment, and the wrangler that works on it. */
export interface Target {
  readonly environment: Environment;
  readonly database: D1Binding;
  readonly wrangler: Wrangler;
  /** The folder that wrangler's `--persist-to` names; what a local database is kept in. */
  readonly persistTo: string;
  /** The name of the last migration whose number and name are taken as they are. */
  readonly startAfter: string | undefined;
  /** Milliseconds that one call of the database, of Cloudflare or of wrangler may take; their own limits without it. */
  readonly timeout: number | undefined;
  readonly protection: Protection;
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
  /** Seconds that one call may take. */
  readonly timeout?: number | undefined;
  /** What the plugin's options say about environments. */
  readonly settings?: Readonly<Record<string, EnvironmentSetting>> | undefined;
}

/** The database that the options name. Throws what is wrong with them, or with the wrangler config. */
export function resolveTarget(options: TargetOptions, workspaceRoot: string): Target {
  const file = resolve(workspaceRoot, options.wranglerConfig);
  const settings = options.settings ?? {};
  const config = readWranglerConfig(file);
  const environment = resolveEnvironment(config, settings, options.environment);
  return targetOf(environment, listEnvironments(config, settings), options, workspaceRoot);
}

/** The environment that the options name. Throws what is wrong with them, or with the wrangler config. */
export const resolveEnvironmentOf = (
  { wranglerConfig, settings = {}, environment }: Omit<TargetOptions, 'database'>,
  workspaceRoot: string,
): Environment =>
  resolveEnvironment(readWranglerConfig(resolve(workspaceRoot, wranglerConfig)), settings, environment);

/** The same database of every environment, in the order of the wrangler config. */
export function resolveTargets(options: TargetOptions, workspaceRoot: string): readonly Target[] {
  const config = readWranglerConfig(resolve(workspaceRoot, options.wranglerConfig));
  const environments = listEnvironments(config, options.settings ?? {});
  return environments.map((environment) => targetOf(environment, environments, options, workspaceRoot));
}

/** Every database of the environment that the options name, in the order of the wrangler config. */
export function resolveDatabases(
  options: Omit<TargetOptions, 'database'>,
  workspaceRoot: string,
): readonly [Target, ...Target[]] {
  const config = readWranglerConfig(resolve(workspaceRoot, options.wranglerConfig));
  const settings = options.settings ?? {};
  const { databases } = resolveEnvironment(config, settings, options.environment);
  const bindings = [...new Set(databases.map(({ binding }) => binding))];
  const [first, ...others] = bindings.map((database) =>
    resolveTarget({ ...options, database }, workspaceRoot),
  );
  return [first ?? resolveTarget(options, workspaceRoot), ...others];
}

/**
 * The database that the options name; without a name every one whose migrations folder is there, each set of migrations once. For
 * what reads the files alone.
 */
export function resolveMigrations(options: TargetOptions, workspaceRoot: string): readonly Target[] {
  if (options.database !== undefined) return [resolveTarget(options, workspaceRoot)];
  const all = resolveDatabases(options, workspaceRoot);
  const there = all.filter(({ database }) => existsSync(database.migrationsDir));
  const sets = there.filter((one, index) => there.findIndex((other) => isSameSet(one, other)) === index);
  return sets.length === 0 ? all.slice(0, 1) : sets;
}

const isSameSet = ({ database: a }: Target, { database: b }: Target): boolean =>
  a.migrationsDir === b.migrationsDir && a.migrationsPattern === b.migrationsPattern;

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
    timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
    protection: protectionOf(environment, options.settings?.[environment.name] ?? {}, workspaceRoot),
  };
}

function protectionOf(
  { name, configFile }: Environment,
  { branches, cleanWorkTree, auditFile }: EnvironmentSetting,
  workspaceRoot: string,
): Protection {
  return {
    branches,
    cleanWorkTree,
    auditFile:
      auditFile === undefined
        ? join(dirname(configFile), '.d1', 'audit', `${name}.ndjson`)
        : resolve(workspaceRoot, auditFile),
  };
}

/** The plain line that says what will be touched. */
export function describeTarget({ environment, database }: Target): string {
  const name = database.databaseName ?? database.binding;
  const id = database.databaseId === undefined ? 'no id' : `id ${database.databaseId}`;
  const kind = environment.protected ? `${environment.location}, protected` : environment.location;
  return `${environment.name} (${kind}) · database ${name} (binding ${database.binding}, ${id})`;
}

/** Where a command is to be run for a target; the database is named where the Worker has several. */
export const whereOf = ({ environment, database }: Pick<Target, 'environment' | 'database'>): Where => ({
  environment: environment.name,
  database: environment.databases.length > 1 ? database.binding : undefined,
});

/** A target as the JSON reports carry it. */
export function targetDocument({ environment, database }: Target): object {
  return {
    environment: environment.name,
    location: environment.location,
    protected: environment.protected,
    database: { binding: database.binding, name: database.databaseName, id: database.databaseId },
  };
}

/** Milliseconds for one call of a remote database: D1 stops a query after 30 seconds, so what comes later never comes. */
const CALL_TIMEOUT = 90_000;

/** Opens the database of a target: in workerd when it is local, at Cloudflare when it is remote. */
export function openTarget(target: Target): D1 {
  return target.environment.location === 'local'
    ? openLocalD1(localDatabase(target))
    : openRemoteD1(remoteDatabase(target, CALL_TIMEOUT));
}

/** The database of a remote target. A request gets at most `limit` milliseconds, and no more than the target allows. */
export const remoteDatabase = (target: Target, limit = Infinity): RemoteDatabase => {
  const timeout = Math.min(target.timeout ?? Infinity, limit);
  return {
    wrangler: target.wrangler,
    target: wranglerTarget(target),
    timeout: timeout === Infinity ? undefined : timeout,
  };
};

export function localDatabase({ wrangler, database, persistTo, timeout }: Target): LocalDatabase {
  return { wrangler, id: localDatabaseId(database), persistTo, timeout };
}

export function wranglerTarget({ environment, database, persistTo }: Target): WranglerTarget {
  return {
    configFile: environment.configFile,
    wranglerEnv: environment.wranglerEnv,
    location: environment.location,
    binding: database.binding,
    databaseId: database.databaseId,
    accountId: environment.accountId,
    persistTo,
  };
}

/** Refuses a database whose stamp is of another environment than the target's. Throws D1Error `wrong-environment`. */
export function checkTargetStamp({ environment, database }: Target, stamp: string | undefined): void {
  checkStamp(stamp, environment.name, database.databaseName ?? database.binding);
}
