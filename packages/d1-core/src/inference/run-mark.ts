import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { namedBy } from './named-files.ts';

/**
 * What Nx cannot know of a run, as the value of an environment variable that is an input of the cached targets: the
 * version of the plugin and of SQLite, and what is in the files that the command line names. `changing` is what makes
 * it another run besides.
 */
export function runMark(
  argv: readonly string[],
  workspaceRoot: string,
  { version, changing = [] }: { readonly version: string; readonly changing?: readonly string[] },
): string {
  // Another wrangler config has other migrations.
  const isElsewhere = argv.some((word) => /^--wrangler-?config(=|$)/i.test(word));
  return [
    version,
    process.versions['sqlite'] ?? process.version,
    ...changing,
    ...(isElsewhere ? [randomUUID()] : []),
    ...filesOf(argv, workspaceRoot),
  ].join(' ');
}

function filesOf(argv: readonly string[], root: string): readonly string[] {
  // The first two are Node and Nx.
  const values = argv.slice(2).map((word) => word.replace(/^--?[\w-]+=/, ''));
  const { files, folders } = namedBy(
    values.map((value) => resolve(root, value)),
    root,
  );
  // What is in a package would have to be read whole.
  if (folders.length > 0) return [randomUUID()];
  if (files.length === 0) return [];
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return [hash.digest('hex').slice(0, 16)];
}
