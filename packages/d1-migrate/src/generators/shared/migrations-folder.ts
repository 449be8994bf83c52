import type { D1Binding } from 'd1-core/environment';
import { notTakenFindings, patternInFolder, type FolderFinding, type FolderRules } from 'd1-core/migrations';
import type { FileTree, Site } from 'd1-core/site';
import { join } from 'node:path';

/** What wrangler would not apply of the files of a database's folder in the tree, although they look like migrations. */
export function notTakenIn(
  { tree, ...site }: Pick<Site, 'tree' | 'migrationsFolder'>,
  wranglerConfig: string,
  database: D1Binding,
  rules: FolderRules = 'pattern',
): readonly FolderFinding[] {
  const folder = site.migrationsFolder(database);
  const configFile = join(tree.root, wranglerConfig);
  const pattern = patternInFolder({ configFile, ...database });
  return notTakenFindings(
    { folder: database.migrationsDir, rules, pattern, configFile },
    filesBelow(tree, folder).map((name) => ({ name, isLink: false })),
  );
}

/** The files of a folder of the tree and of the folders below, as paths below it. */
export function filesBelow(tree: FileTree, folder: string): readonly string[] {
  return tree
    .children(folder)
    .flatMap((name) =>
      tree.isFile(`${folder}/${name}`)
        ? [name]
        : filesBelow(tree, `${folder}/${name}`).map((below) => `${name}/${below}`),
    );
}
