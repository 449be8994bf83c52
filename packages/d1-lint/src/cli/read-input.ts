import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { D1Error } from 'd1-core/errors';
import { orderMigrations } from 'd1-core/migrations';
import type { LintFile } from '../engine/index.ts';
import {
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
export interface LintInput extends Pick<LintRequest, 'files' | 'only' | 'rollbackScripts'> {
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
  const paths = words.map((word) => resolve(cwd, word));
  const byFolder = Map.groupBy(paths, (path) => (isFolder(path) ? path : dirname(path)));
  return [...byFolder].flatMap(([folder, named]) => readNamed(folder, named, cwd));
}

function readNamed(folder: string, named: readonly string[], cwd: string): readonly LintInput[] {
  const isWhole = named.includes(folder);
  const input = isFolder(folder) ? readWhole(folder, cwd, isWhole) : { folder, files: [] };
  if (isWhole) return [input];
  const names = new Set(named.map((path) => basename(path)));
  const known = new Set(input.files.map(({ name }) => name).filter((name) => names.has(name)));
  // What wrangler would not take from the folder has nothing before it.
  const others = [...names]
    .filter((name) => !known.has(name))
    .map((name) => ({ folder, files: [readLoneFile(join(folder, name), cwd)] }));
  return known.size === 0 ? others : [{ ...input, only: known }, ...others];
}

const readWhole = (folder: string, cwd: string, isJudged = false): LintInput => ({
  folder,
  files: (isJudged ? readWholeFolder : readFolder)({ folder, rules: 'pattern' }, cwd),
  rollbackScripts: readRollbackScripts(folder),
});

/** A text that has a file name takes the place of that file in its folder. */
function readText(bytes: Uint8Array, filename: string | undefined, cwd: string): LintInput {
  if (filename === undefined) return { folder: cwd, files: [lintFile('stdin.sql', bytes)] };
  const path = resolve(cwd, filename);
  const text = lintFile(reportPath(path, cwd), bytes);
  const folder = dirname(path);
  if (!isFolder(folder)) return { folder, files: [text] };
  const input = readWhole(folder, cwd);
  const files = new Map([...input.files, text].map((file) => [file.name, file]));
  return { ...input, files: inOrder(folder, files), only: new Set([text.name]) };
}

const inOrder = (folder: string, files: ReadonlyMap<string, LintFile>): readonly LintFile[] =>
  orderMigrations(folder, [...files.keys()]).flatMap(({ name }) => files.get(name) ?? []);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const invalid = (message: string, fix: string) =>
  new D1Error({ code: 'invalid-argument', message, fix, exitCode: 2 });
