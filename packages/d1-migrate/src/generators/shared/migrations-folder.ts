import type { Tree } from '@nx/devkit';
import { D1Error } from 'd1-core/errors';
import type { D1Binding } from 'd1-core/environment';
import { notTakenFindings, patternInFolder, type FolderFinding, type FolderRules } from 'd1-core/migrations';
import { join, relative, sep } from 'node:path';

/** The migrations folder of a database, relative to the workspace root, with `/`. */
export function migrationsFolder(tree: Tree, { migrationsDir, binding }: D1Binding): string {
  const folder = relative(tree.root, migrationsDir).split(sep).join('/');
  if (folder !== '..' && !folder.startsWith('../')) return folder;
  throw new D1Error({
    code: 'folder-outside-workspace',
    message: `The migrations folder of ${binding}, ${migrationsDir}, lies outside of the workspace.`,
    fix: 'Set migrations_dir in the wrangler config to a folder of the workspace; it is relative to the config.',
    exitCode: 2,
  });
}

/** What wrangler would not apply of the files of a database's folder in the tree, although they look like migrations. */
export function notTakenIn(
  tree: Tree,
  wranglerConfig: string,
  database: D1Binding,
  rules: FolderRules = 'pattern',
): readonly FolderFinding[] {
  const folder = migrationsFolder(tree, database);
  const configFile = join(tree.root, wranglerConfig);
  const pattern = patternInFolder({ configFile, ...database });
  return notTakenFindings(
    { folder: database.migrationsDir, rules, pattern, configFile },
    filesBelow(tree, folder).map((name) => ({ name, isLink: false })),
  );
}

/** The files of a folder of the tree and of the folders below, as paths below it. */
export function filesBelow(tree: Tree, folder: string): readonly string[] {
  return tree
    .children(folder)
    .flatMap((name) =>
      tree.isFile(`${folder}/${name}`)
        ? [name]
        : filesBelow(tree, `${folder}/${name}`).map((below) => `${name}/${below}`),
    );
}
