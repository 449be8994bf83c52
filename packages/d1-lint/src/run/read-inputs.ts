import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { wranglerConfigNames } from 'd1-core/environment';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { DEFAULT_PATTERN, listMigrations, matchesPattern, orderMigrations } from 'd1-core/migrations';
import { findUpward } from '../config/index.ts';
import type { LintFile } from '../engine/rule.ts';
import { folderAround, foldersOf } from './migrations-folder.ts';
import {
  isWithin,
  lintFile,
  readFolder,
  readLoneFile,
  readRollbackScripts,
  readWholeFolder,
  reportPath,
  type MigrationsFolder,
} from './read-files.ts';

/** One migration from standard input. */
export interface Stdin {
  readonly bytes: Uint8Array;
  /** The file whose place in its folder the text takes. */
  readonly filename: string | undefined;
}

/** What is to be linted. Paths are relative to `root`. */
export interface Sources {
  /** What the paths of the report are relative to as well. Absolute. */
  readonly root: string;
  /** Folders and files to lint in place of all migrations of the wrangler config. */
  readonly paths?: readonly string[] | undefined;
  /** In place of both. */
  readonly stdin?: Stdin | undefined;
  /** Default: the nearest one at or above `root`. With it configs are sought up to `root`, without it all the way up. */
  readonly wranglerConfig?: string | undefined;
  readonly fix?: boolean | undefined;
}

/** What is linted as one history. */
export interface LintInput {
  /** What git is asked about. */
  readonly folder: string;
  /** Where the config and the accepted findings are sought from. */
  readonly from: string;
  readonly files: readonly LintFile[];
  /** The names of the files to report on, where it is not all of them. */
  readonly only?: ReadonlySet<string> | undefined;
  /** The texts of the rollback scripts, by the name of the migration. */
  readonly rollbackScripts?: ReadonlyMap<string, string> | undefined;
  readonly migrationsTable?: string | undefined;
}

export interface Inputs {
  readonly inputs: readonly LintInput[];
  /** As far as configs are sought upwards; undefined for all the way. */
  readonly upTo: string | undefined;
}

/** Throws D1Error `unreadable-file`, `not-taken`, `no-wrangler-config`, `no-database`, or `invalid-paths`. */
export async function readInputs(sources: Sources): Promise<Inputs> {
  const { root, stdin, wranglerConfig, paths = [], fix } = sources;
  const upTo = wranglerConfig === undefined ? undefined : root;
  if (stdin !== undefined) {
    if (fix === true)
      throw invalid('Standard input cannot be fixed in place.', 'Name the file, or leave --fix out.');
    if (paths.some((path) => path !== '-'))
      throw invalid('Standard input is linted alone.', 'Name either "-" or files.');
    return { inputs: [await readText(stdin, root)], upTo };
  }
  if (paths.length > 0) return { inputs: await readPaths(paths, root), upTo };
  const configFile =
    wranglerConfig === undefined ? findUpward(wranglerConfigNames, root) : resolve(root, wranglerConfig);
  if (configFile === undefined) throw noConfig(root);
  const folders = await foldersOf(configFile);
  const from = dirname(configFile);
  return { inputs: folders.map((folder) => ({ ...readWhole(folder, root, true), from })), upTo };
}

/** Reads standard input to its end. */
export const readStdin = async (
  stream: NodeJS.ReadableStream,
  filename: string | undefined,
): Promise<Stdin> => ({
  bytes: await buffer(stream),
  filename,
});

/**
 * Reads the folders that are named, and those of the files that are named: a migration means something only after those
 * before it.
 */
async function readPaths(paths: readonly string[], root: string): Promise<readonly LintInput[]> {
  const named = await Promise.all(paths.map((path) => resolvePath(resolve(root, path))));
  const byFolder = Map.groupBy(named, ({ at }) => at.folder);
  return [...byFolder.values()].flatMap((group) => readNamed(group, root));
}

/** What is named, with the migrations folder that it is or lies in. */
interface Named {
  readonly path: string;
  readonly at: MigrationsFolder;
}

async function resolvePath(path: string): Promise<Named> {
  const found = await folderAround(path);
  const isKnown =
    found !== undefined && (!isFolder(path) || found.folder === path || hasMigrationsIn(path, found));
  return isKnown
    ? { path, at: found }
    : { path, at: { folder: isFolder(path) ? path : dirname(path), rules: 'pattern' } };
}

const hasMigrationsIn = (path: string, at: MigrationsFolder): boolean =>
  isFolder(at.folder) && listMigrations(at).some((file) => isWithin(path, file.path));

function readNamed(named: readonly Named[], root: string): readonly LintInput[] {
  const [first] = named;
  if (first === undefined) return [];
  const { folder } = first.at;
  const isWhole = named.some(({ path }) => path === folder);
  const input = isFolder(folder) ? readWhole(first.at, root, isWhole) : { folder, from: folder, files: [] };
  if (isWhole) return [input];
  const isNamed = (file: LintFile) => named.some(({ path }) => isWithin(path, resolve(root, file.path)));
  const only = new Set(input.files.filter(isNamed).map(({ name }) => name));
  const known = input.files.map(({ path }) => resolve(root, path));
  // What wrangler would not take from the folder has nothing before it.
  const others = [...new Set(named.map(({ path }) => path))]
    .filter((path) => !known.some((file) => isWithin(path, file)))
    .map((path) => ({ folder: dirname(path), from: dirname(path), files: [readLoneFile(path, root)] }));
  return only.size === 0 ? others : [{ ...input, only }, ...others];
}

const readWhole = (at: MigrationsFolder, root: string, isJudged = false): LintInput => ({
  folder: at.folder,
  from: at.folder,
  files: (isJudged ? readWholeFolder : readFolder)(at, root),
  rollbackScripts: readRollbackScripts(at.folder),
  migrationsTable: at.migrationsTable,
});

/** A text that has a file name takes the place of that file in its folder. */
async function readText({ bytes, filename }: Stdin, root: string): Promise<LintInput> {
  if (filename === undefined) return { folder: root, from: root, files: [lintFile('stdin.sql', bytes)] };
  const { path, at } = await resolvePath(resolve(root, filename));
  const { folder } = at;
  const name = reportPath(path, folder);
  const text = { ...lintFile(reportPath(path, root), bytes), name };
  if (!isFolder(folder) || !matchesPattern(name, at.pattern ?? DEFAULT_PATTERN)) {
    return { folder: dirname(path), from: dirname(path), files: [text] };
  }
  const input = readWhole(at, root);
  const files = new Map([...input.files, text].map((file) => [file.name, file]));
  return { ...input, files: inOrder(folder, files), only: new Set([name]) };
}

const inOrder = (folder: string, files: ReadonlyMap<string, LintFile>): readonly LintFile[] =>
  orderMigrations(folder, [...files.keys()]).flatMap(({ name }) => files.get(name) ?? []);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const invalid = (message: string, fix: string) =>
  new D1Error({ code: 'invalid-paths', message, fix, exitCode: 2 });

const noConfig = (folder: string) =>
  new D1Error({
    code: 'no-wrangler-config',
    message: `There is no wrangler.json, wrangler.jsonc or wrangler.toml in ${folder}, nor in a folder above it.`,
    fix: `Run it in the folder of the Worker, or name the folder of the migrations: "${commandLine('d1-lint:lint', '--paths=migrations')}".`,
    exitCode: 2,
  });
