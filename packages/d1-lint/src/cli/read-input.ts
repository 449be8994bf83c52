import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { D1Error } from 'd1-core/errors';
import { DEFAULT_PATTERN, listMigrations, matchesPattern, orderMigrations } from 'd1-core/migrations';
import type { LintFile } from '../engine/index.ts';
import { folderAround, type FoundFolder } from '../run/migrations-folder.ts';
import {
  isWithin,
  lintFile,
  readFolder,
  readLoneFile,
  readRollbackScripts,
  readWholeFolder,
  reportPath,
} from '../run/read-files.ts';
import type { LintRequest } from '../run/run-lint.ts';
import type { CliArguments } from './arguments.ts';

/** What is linted as one history. */
export interface LintInput extends Pick<
  LintRequest,
  'files' | 'only' | 'rollbackScripts' | 'migrationsTable'
> {
  /** What the config is sought from, and git asked about. */
  readonly folder: string;
}

/**
 * Reads the folders that are named, and those of the files that are named: a migration means something only after those
 * before it. Throws D1Error `unreadable-file`, or `invalid-argument` for what standard input cannot do.
 */
export async function readInput(
  { words, stdinFilename, fix }: CliArguments,
  cwd: string,
): Promise<readonly LintInput[]> {
  if (words[0] === '-') {
    if (fix) throw invalid('Standard input cannot be fixed in place.', 'Name the file, or leave --fix out.');
    return [readText(await buffer(process.stdin), stdinFilename, cwd)];
  }
  const named = words.map((word) => resolveName(resolve(cwd, word)));
  const byFolder = Map.groupBy(named, ({ at }) => at.folder);
  return [...byFolder.values()].flatMap((group) => readNamed(group, cwd));
}

/** What is named, with the migrations folder that it is or lies in. */
interface Named {
  readonly path: string;
  readonly at: FoundFolder;
}

function resolveName(path: string): Named {
  const found = folderAround(path);
  const isKnown =
    found !== undefined && (!isFolder(path) || found.folder === path || hasMigrationsIn(path, found));
  return isKnown
    ? { path, at: found }
    : { path, at: { folder: isFolder(path) ? path : dirname(path), rules: 'pattern' } };
}

const hasMigrationsIn = (path: string, at: FoundFolder): boolean =>
  isFolder(at.folder) && listMigrations(at).some((file) => isWithin(path, file.path));

function readNamed(named: readonly Named[], cwd: string): readonly LintInput[] {
  const [first] = named;
  if (first === undefined) return [];
  const { folder } = first.at;
  const isWhole = named.some(({ path }) => path === folder);
  const input = isFolder(folder) ? readWhole(first.at, cwd, isWhole) : { folder, files: [] };
  if (isWhole) return [input];
  const isNamed = (file: LintFile) => named.some(({ path }) => isWithin(path, resolve(cwd, file.path)));
  const only = new Set(input.files.filter(isNamed).map(({ name }) => name));
  const known = input.files.map(({ path }) => resolve(cwd, path));
  // What wrangler would not take from the folder has nothing before it.
  const others = [...new Set(named.map(({ path }) => path))]
    .filter((path) => !known.some((file) => isWithin(path, file)))
    .map((path) => ({ folder: dirname(path), files: [readLoneFile(path, cwd)] }));
  return only.size === 0 ? others : [{ ...input, only }, ...others];
}

const readWhole = (at: FoundFolder, cwd: string, isJudged = false): LintInput => ({
  folder: at.folder,
  files: (isJudged ? readWholeFolder : readFolder)(at, cwd),
  rollbackScripts: readRollbackScripts(at.folder),
  migrationsTable: at.migrationsTable,
});

/** A text that has a file name takes the place of that file in its folder. */
function readText(bytes: Uint8Array, filename: string | undefined, cwd: string): LintInput {
  if (filename === undefined) return { folder: cwd, files: [lintFile('stdin.sql', bytes)] };
  const { path, at } = resolveName(resolve(cwd, filename));
  const { folder } = at;
  const name = reportPath(path, folder);
  const text = { ...lintFile(reportPath(path, cwd), bytes), name };
  if (!isFolder(folder) || !matchesPattern(name, at.pattern ?? DEFAULT_PATTERN)) {
    return { folder: dirname(path), files: [text] };
  }
  const input = readWhole(at, cwd);
  const files = new Map([...input.files, text].map((file) => [file.name, file]));
  return { ...input, files: inOrder(folder, files), only: new Set([name]) };
}

const inOrder = (folder: string, files: ReadonlyMap<string, LintFile>): readonly LintFile[] =>
  orderMigrations(folder, [...files.keys()]).flatMap(({ name }) => files.get(name) ?? []);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const invalid = (message: string, fix: string) =>
  new D1Error({ code: 'invalid-argument', message, fix, exitCode: 2 });
