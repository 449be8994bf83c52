import type { FileTree } from 'd1-core/site';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { filesBelow } from './migrations-folder.ts';

/**
 * Writes a migrations folder as the tree has it into a temporary one, for what has to read files: a generator itself
 * writes nothing before Nx does.
 */
export async function withStagedFolder<Result>(
  tree: FileTree,
  folder: string,
  work: (staged: string) => Promise<Result>,
): Promise<Result> {
  const staged = makeThrowAwayFolder();
  try {
    for (const path of filesBelow(tree, folder)) {
      const content = tree.read(`${folder}/${path}`);
      if (content === null || !path.endsWith('.sql')) continue;
      const file = join(staged.path, ...path.split('/'));
      makeFolder(dirname(file));
      await writeFile(file, content);
    }
    return await work(staged.path);
  } finally {
    staged.remove();
  }
}
