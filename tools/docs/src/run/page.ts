import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellBlocks, type ShellBlock } from './shell-blocks.ts';

export const REPOSITORY = join(import.meta.dirname, '../../../..');

/** What a page of the repository shows and a test runs, in its order. */
export const blocksOf = (path: string): readonly ShellBlock[] =>
  shellBlocks(readFileSync(join(REPOSITORY, path), 'utf8')).filter(
    ({ marks }) => !marks.includes('other-terminal'),
  );

/** The pages that show commands of this workspace. Those that a script writes show examples for any. */
export const pagesWithBlocks = (): readonly string[] =>
  ['README.md', ...globSync(['docs/*.md', 'docs/reference/*.md'], { cwd: REPOSITORY })]
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/reference\/d1-/.test(path) && blocksOf(path).length > 0)
    .sort();
