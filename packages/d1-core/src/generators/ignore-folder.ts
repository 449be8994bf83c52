import type { Tree } from '@nx/devkit';

const FILE = '.gitignore';

/** Keeps a folder out of git, such as `backups`: it holds what only the database may, or only this machine. */
export function ignoreFolder(tree: Tree, folder: string): void {
  const text = tree.exists(FILE) ? (tree.read(FILE, 'utf8') ?? '') : '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.some((line) => [folder, `/${folder}`, `${folder}/`, `/${folder}/`].includes(line))) return;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  tree.write(FILE, `${text}${separator}${folder}/\n`);
}
