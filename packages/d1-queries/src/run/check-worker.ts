import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { listEnvironments, readWranglerConfig, type D1Binding, type Environment } from 'd1-core/environment';
import { D1Error, isD1Error } from 'd1-core/errors';
import { folderOptions, listMigrations, type MigrationFile, readMigration } from 'd1-core/migrations';
import { findWrangler } from 'd1-core/wrangler';
import { checkQueries, replaySteps, type CheckedDatabase, type QueryCheck } from '../check/index.ts';
import { findQueries, type FoundQueries, type Query } from '../find/index.ts';

/** A Worker: where its code begins, and its databases. */
export interface Worker {
  readonly configFile: string;
  /** What wrangler's `--env` takes; '' for the top level. */
  readonly wranglerEnv: string;
  /** Absolute. */
  readonly main: string;
  readonly databases: readonly D1Binding[];
}

/** What a check of a Worker found. */
export interface WorkerCheck extends QueryCheck {
  readonly worker: Worker;
  /** The newest migration of each database. */
  readonly newest: readonly { readonly binding: string; readonly migration: string }[];
  /** Migrations that fail on an empty database: what they would have made is not there. */
  readonly failures: readonly { readonly migration: string; readonly message: string }[];
}

/**
 * The Workers of a wrangler config: environments with the same code and the same migrations are one. Throws D1Error
 * `no-database` and `no-main`, and what is wrong with the config.
 */
export function workersOf(configFile: string): readonly Worker[] {
  const environments = listEnvironments(readWranglerConfig(configFile), {});
  if (environments.length === 0) throw noDatabase(configFile);
  const workers = environments.map((environment) => workerOf(environment));
  return [...new Map(workers.map((worker) => [keyOf(worker), worker])).values()];
}

const noDatabase = (file: string): D1Error =>
  new D1Error({
    code: 'no-database',
    message: 'The wrangler config has no D1 database, so there are no queries to check.',
    fix: 'Add a d1_databases entry.',
    location: { file },
    exitCode: 2,
  });

/** The Worker of one environment. Throws D1Error `no-database` and `no-main`, and what is wrong with the config. */
export function workerIn(configFile: string, wranglerEnv: string): Worker {
  const environments = listEnvironments(readWranglerConfig(configFile), {});
  const environment = environments.find((one) => one.wranglerEnv === wranglerEnv);
  if (environment === undefined) throw noDatabase(configFile);
  return workerOf(environment);
}

function workerOf({ configFile, wranglerEnv, main, databases, name, line }: Environment): Worker {
  if (main !== undefined && existsSync(main)) return { configFile, wranglerEnv, main, databases };
  throw new D1Error({
    code: 'no-main',
    message:
      main === undefined
        ? `The wrangler config names no "main" for the environment ${name}, so there is no code to read.`
        : `The file ${main}, which the wrangler config names as "main", does not exist.`,
    fix: 'Correct "main" in the wrangler config.',
    location: { file: configFile, line },
    exitCode: 2,
  });
}

const keyOf = ({ main, databases }: Worker): string =>
  JSON.stringify([
    main,
    databases.map(({ binding, migrationsDir, migrationsTable, migrationsPattern }) => [
      binding,
      migrationsDir,
      migrationsTable,
      migrationsPattern,
    ]),
  ]);

/** Finds the queries of a Worker and checks them on the schema that its migrations give. */
export async function checkWorker(worker: Worker, recorded: readonly Query[] = []): Promise<WorkerCheck> {
  const databases = await openDatabases(worker);
  try {
    const bindings = worker.databases.map(({ binding }) => binding);
    const check = await checkQueries(
      withRecorded(findQueries({ main: worker.main, bindings }), recorded),
      databases,
    );
    const failures = databases.flatMap(({ steps }) => steps.failure ?? []);
    const newest = databases.flatMap(({ binding, steps }) => {
      const migration = steps.last.migration?.name;
      return migration === undefined ? [] : { binding, migration };
    });
    return {
      ...check,
      worker,
      newest,
      failures: [...new Map(failures.map((one) => [one.migration, one])).values()],
    };
  } finally {
    for (const { steps } of databases) steps.close();
  }
}

/** What ran is as good as what was found; what was recorded is no longer unknown. */
function withRecorded(found: FoundQueries, recorded: readonly Query[]): FoundQueries {
  const known = new Set(found.queries.map(({ sql }) => sql));
  const more = recorded.filter(({ sql }) => !known.has(sql));
  return {
    ...found,
    queries: [...found.queries, ...more],
    builders: recorded.length > 0 ? [] : found.builders,
  };
}

/** The databases of a Worker in memory. Those with the same migrations are one. */
export async function openDatabases({ configFile, databases }: Worker): Promise<readonly CheckedDatabase[]> {
  const opened = new Map<string, CheckedDatabase['steps']>();
  const all: CheckedDatabase[] = [];
  for (const database of databases) {
    const { binding, migrationsDir, migrationsTable } = database;
    const key = `${migrationsDir}\0${migrationsTable}`;
    const steps =
      opened.get(key) ??
      (await replaySteps(migrationsOf(database, configFile).map(readMigration), migrationsTable));
    opened.set(key, steps);
    all.push({ binding, steps });
  }
  return all;
}

const migrationsOf = (database: D1Binding, configFile: string): readonly MigrationFile[] =>
  listMigrations(folderOptions({ ...database, configFile }, wranglerVersion(dirname(configFile))));

/** Which files count is decided by the wrangler that is installed; without one, by the newest. */
function wranglerVersion(folder: string): string | undefined {
  try {
    return findWrangler(folder).version;
  } catch (error) {
    if (isD1Error(error)) return undefined;
    throw error;
  }
}
