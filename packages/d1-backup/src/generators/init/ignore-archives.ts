import type { Tree } from '@nx/devkit';

const FILE = '.gitignore';
const FOLDER = 'backups/';

/** Keeps archives out of git: they hold what only the database may. */
export function ignoreArchives(tree: Tree): void {
  const text = tree.exists(FILE) ? (tree.read(FILE, 'utf8') ?? '') : '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.some((line) => [FOLDER, 'backups', '/backups', '/backups/'].includes(line))) return;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  tree.write(FILE, `${text}${separator}${FOLDER}\n`);
}
