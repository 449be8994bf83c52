import { join, posix, relative, sep } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import {
  chooseDatabase,
  listEnvironments,
  parseWranglerConfig,
  wranglerConfigNames,
  type D1Binding,
  type Environment,
} from '../environment/index.ts';
import { D1Error } from '../errors/index.ts';
import type { TargetOptions } from '../target/index.ts';
import type { FileTree } from './file-tree.ts';

/** A project with a wrangler config that has a D1 database. */
export interface Worker {
  readonly project: string;
  /** The wrangler config, relative to the root of the tree, with `/`. */
  readonly wranglerConfig: string;
  readonly environments: readonly Environment[];
}

/** What is said to whom runs a generator. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** What the files around a Worker say of it. */
export interface SiteOptions {
  readonly environments?: TargetOptions['settings'];
  readonly database?: string | undefined;
  readonly persistTo?: string | undefined;
  readonly startAfter?: string | undefined;
}

/** Where a generator works: in a workspace of Nx, or in the folder of a Worker. */
export interface Site {
  readonly tree: FileTree;
  readonly options: SiteOptions;
  readonly log: Log;
  /** Undefined without Nx. */
  readonly nxJson: NxJsonConfiguration | undefined;
  /** Throws D1Error when none or several are meant. */
  findWorker(project: string | undefined): Worker;
  /** Every Worker whose wrangler config can be read. */
  findWorkers(): readonly Worker[];
  /** The migrations folder of a database, as a path of the tree. */
  migrationsFolder(database: D1Binding): string;
}

/** The Worker of a folder; undefined where it has no database. Throws what is wrong with the wrangler config. */
export function readWorker(
  tree: FileTree,
  project: string,
  folder: string,
  { environments: settings = {} }: SiteOptions,
): Worker | undefined {
  const wranglerConfig = wranglerConfigNames
    .map((name) => posix.join(folder, name))
    .find((path) => tree.exists(path));
  if (wranglerConfig === undefined) return undefined;
  const text = tree.read(wranglerConfig, 'utf8') ?? '';
  const config = parseWranglerConfig({ file: join(tree.root, wranglerConfig), text });
  const environments = listEnvironments(config, settings);
  return environments.length === 0 ? undefined : { project, wranglerConfig, environments };
}

/**
 * The database of a binding, or the only one, as the first environment has it that knows the binding. Generators work
 * on files, and the environments of a Worker share them.
 */
export function findDatabase({ environments }: Worker, binding: string | undefined): D1Binding {
  const [first] = environments;
  const environment =
    environments.find(({ databases }) => databases.some((database) => database.binding === binding)) ??
    environments.find(({ name }) => name === 'development') ??
    first;
  if (environment === undefined) throw noWorker('The Worker has no environment with a D1 database.');
  return chooseDatabase(environment, binding);
}

/** The migrations folder of a database, relative to the root of the tree, with `/`. */
export const migrationsFolder = ({ root }: Pick<FileTree, 'root'>, { migrationsDir }: D1Binding): string =>
  relative(root, migrationsDir).split(sep).join('/');

export const noWorker = (message: string): D1Error =>
  new D1Error({
    code: 'no-worker',
    message,
    fix:
      'Put a wrangler.toml or wrangler.jsonc with d1_databases next to the package.json of the Worker. ' +
      '"npx wrangler d1 create <name>" makes a database and prints the entry.',
    exitCode: 2,
  });
