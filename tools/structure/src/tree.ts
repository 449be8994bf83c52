import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of files, by their path from the root of the repository. */
export type Tree = ReadonlyMap<string, string>;

export const REPOSITORY = join(import.meta.dirname, '../../..');
const MEASURED = /^packages\/.*\.(ts|json)$/;

const git = (args: readonly string[], input?: string): Buffer =>
  execFileSync('git', args, { cwd: REPOSITORY, input, maxBuffer: 2 ** 30 });

const lines = (output: Buffer): readonly string[] => output.toString().split('\n').filter(Boolean);

/** The packages as they are in the work tree. */
export const readWorkTree = (): Tree =>
  new Map(
    lines(git(['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', 'packages']))
      .filter((path) => MEASURED.test(path))
      .flatMap((path) => {
        try {
          return [[path, readFileSync(join(REPOSITORY, path), 'utf8')]];
        } catch {
          return []; // Deleted, and not yet committed.
        }
      }),
  );

/** The packages as they are in a commit. */
export function readCommit(ref: string): Tree {
  const paths = lines(git(['ls-tree', '-r', '--name-only', ref, 'packages'])).filter((path) =>
    MEASURED.test(path),
  );
  const output = git(['cat-file', '--batch'], paths.map((path) => `${ref}:${path}\n`).join(''));
  const tree = new Map<string, string>();
  let offset = 0;
  for (const path of paths) {
    const end = output.indexOf(10, offset);
    const size = Number(output.toString('utf8', offset, end).split(' ')[2]);
    tree.set(path, output.toString('utf8', end + 1, end + 1 + size));
    offset = end + size + 2; // A line break follows each.
  }
  return tree;
}

/** Whether a file is a test, or only tests use it. */
export const isTest = (path: string): boolean => path.endsWith('.spec.ts') || path.includes('/testing/');
