import type { Tree } from '@nx/devkit';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesBelow } from './migrations-folder.ts';

/**
 * Writes a migrations folder as the tree has it into a temporary one, for what has to read files: a generator itself
 * writes nothing before Nx does.
 */
export async function withStagedFolder<Result>(
  tree: Tree,
  folder: string,
  work: (staged: string) => Promise<Result>,
): Promise<Result> {
  const staged = await mkdtemp(join(tmpdir(), 'd1-migrations-'));
  try {
    for (const path of filesBelow(tree, folder)) {
      const content = tree.read(`${folder}/${path}`);
      if (content === null || !path.endsWith('.sql')) continue;
      const file = join(staged, ...path.split('/'));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    return await work(staged);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}
