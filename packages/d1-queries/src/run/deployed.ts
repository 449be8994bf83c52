import { join, relative, sep } from 'node:path';
import { isD1Error } from 'd1-core/errors';
import type { CatalogEntry } from 'd1-core/schema';
import {
  checkQueries,
  replaySteps,
  type CheckedDatabase,
  type MigrationText,
  type QueryFinding,
  type SchemaStep,
} from '../check/index.ts';
import { findQueries, type FoundQueries } from '../find/index.ts';
import { compareRevisions, type Conflict, type DatabaseOrder, type Revision } from '../order/index.ts';
import { openDatabases, workerIn, type Worker } from './check-worker.ts';
import { readCommit, type CommitCode, type DeployedCode } from './revision.ts';

/**
 * Compares the code of commits, which are deployed, with that of the work tree, on the migrations that the commits do not have: those
 * are pending. `root` is the folder to which places in the work tree are relative. Throws D1Error `unknown-revision`.
 */
export async function compareWithDeployed(
  worker: Worker,
  refs: readonly string[],
  root: string,
): Promise<readonly DatabaseOrder[]> {
  const commits = refs.map((ref) => readCommit(worker, { ref }));
  const working = findQueries({ main: worker.main, bindings: bindingsOf(worker) });
  const databases = await openDatabases(worker);
  try {
    const orders: DatabaseOrder[] = [];
    for (const { binding, steps } of databases) {
      const folder = worker.databases.find((one) => one.binding === binding)?.migrationsDir ?? '';
      const isPending = (name: string) => commits.some(({ has }) => !has(join(folder, ...name.split('/'))));
      const first = steps.steps.findIndex(
        ({ migration }) => migration !== undefined && isPending(migration.name),
      );
      const from = first === -1 ? steps.steps.length - 1 : first - 1;
      const pending = steps.steps.slice(from);
      orders.push(await orderOf({ worker, binding, commits, working, root, steps: pending }));
    }
    return orders;
  } finally {
    for (const { steps } of databases) steps.close();
  }
}

/** A database as it is, and what is about to be applied to it. A plain value: it comes from another package. */
export interface LiveDatabase {
  /** Absolute: the folder to which places in the work tree are relative. */
  readonly root: string;
  /** Absolute. */
  readonly configFile: string;
  /** What wrangler's `--env` takes; '' for the top level. */
  readonly wranglerEnv: string;
  readonly binding: string;
  /** Without the tables of the tools. */
  readonly catalog: readonly CatalogEntry[];
  readonly pending: readonly MigrationText[];
}

/** Why something could not be looked at. An error of this package is a stranger in another one. */
export interface NotPossible {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** Compares deployed code with that of the work tree, on what is pending in a database. */
export const orderFor = (
  live: LiveDatabase,
  deployed: readonly DeployedCode[],
): Promise<DatabaseOrder | NotPossible> =>
  possibly(async () => {
    const worker = workerIn(live.configFile, live.wranglerEnv);
    const { binding, root } = live;
    const commits = deployed.map((one) => readCommit(live, one));
    const working = findQueries({ main: worker.main, bindings: bindingsOf(worker) });
    const { steps, close } = await replaySteps(live.pending, tableOf(worker, live), live.catalog);
    try {
      return await orderOf({ worker, binding, commits, working, root, steps });
    } finally {
      close();
    }
  });

/** What does not work of the code of the work tree on databases as they are, whatever migrations would still make. */
export const faultsOn = (databases: readonly LiveDatabase[]): Promise<readonly Fault[] | NotPossible> =>
  possibly(async () => {
    const [first] = databases;
    if (first === undefined) return [];
    const worker = workerIn(first.configFile, first.wranglerEnv);
    const isWhole = worker.databases.every(({ binding }) => databases.some((one) => one.binding === binding));
    const opened: CheckedDatabase[] = [];
    try {
      for (const one of databases)
        opened.push({
          binding: one.binding,
          steps: await replaySteps([], tableOf(worker, one), one.catalog),
        });
      const found = findQueries({ main: worker.main, bindings: bindingsOf(worker) });
      const { findings } = await checkQueries(found, opened);
      return (
        findings
          // Where the source does not tell which database is asked, it may be one that nobody has looked at.
          .filter(({ code, query }) => OF_SCHEMA.has(code) && (isWhole || query.bindings.length > 0))
          .map(({ place, message, help, query }): Fault => {
            const { file, line, column } = place;
            const path = relative(first.root, file).split(sep).join('/');
            return { file: path, line, column, sql: query.sql, message, help };
          })
      );
    } finally {
      for (const { steps } of opened) steps.close();
    }
  });

/** What depends on the schema. */
const OF_SCHEMA: ReadonlySet<QueryFinding['code']> = new Set(['does-not-compile', 'missing-column']);

/** A query that does not work. A plain value. */
export interface Fault extends Pick<Conflict, 'file' | 'line' | 'column' | 'sql' | 'message'> {
  readonly help: string | undefined;
}

async function possibly<Result>(look: () => Promise<Result>): Promise<Result | NotPossible> {
  try {
    return await look();
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const { code, message, fix } = error;
    return { code, message, fix };
  }
}

const bindingsOf = ({ databases }: Worker): readonly string[] => databases.map(({ binding }) => binding);

const tableOf = ({ databases }: Worker, { binding }: LiveDatabase): string =>
  databases.find((one) => one.binding === binding)?.migrationsTable ?? 'd1_migrations';

interface Comparison {
  readonly worker: Worker;
  readonly binding: string;
  readonly commits: readonly CommitCode[];
  readonly working: FoundQueries;
  readonly root: string;
  readonly steps: readonly SchemaStep[];
}

async function orderOf({
  worker,
  binding,
  commits,
  working,
  root,
  steps,
}: Comparison): Promise<DatabaseOrder> {
  const id = worker.databases.find((one) => one.binding === binding)?.databaseId;
  const deployed = commits.map(({ name, root: tree, found, databases }): Revision => {
    // A database may have had another binding.
    const own = databases.find(({ databaseId }) => id !== undefined && databaseId === id)?.binding ?? binding;
    return { name, root: tree, queries: askedOf(found, own) };
  });
  const order = await compareRevisions(
    deployed,
    { name: WORK_TREE, root, queries: askedOf(working, binding) },
    steps,
  );
  const notChecked = commits
    .map(({ name, found: { dynamic, builders, unread } }) => ({
      revision: name,
      count: dynamic.length + builders.length + unread.length,
    }))
    .filter(({ count }) => count > 0);
  return { ...order, binding, deployed: commits.map(({ name }) => name), notChecked };
}

const WORK_TREE = 'the work tree';

const askedOf = ({ queries }: FoundQueries, binding: string) =>
  queries.filter(({ bindings }) => bindings.length === 0 || bindings.includes(binding));
