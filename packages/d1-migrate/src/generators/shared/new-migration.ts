import type { D1Binding } from 'd1-core/environment';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  folderRules,
  formatNumber,
  listMigrations,
  matchesPattern,
  nextNumber,
  patternInFolder,
  ROLLBACK_FOLDER,
  type MigrationFile,
} from 'd1-core/migrations';
import { findWrangler, type Wrangler } from 'd1-core/wrangler';
import { dirname, join } from 'node:path';
import { makeScripts, type MadeScript } from '../../rollback-script/index.ts';
import { findDatabase, type Site, type Worker } from 'd1-core/site';
import { filesBelow } from './migrations-folder.ts';
import { withStagedFolder } from './staged-folder.ts';

/** Where new migrations of a Worker go. */
export interface MigrationsPlace {
  readonly site: Site;
  readonly worker: Worker;
  readonly database: D1Binding;
  /** Relative to the workspace root, with `/`. */
  readonly folder: string;
  /** What wrangler matches, relative to the folder. */
  readonly pattern: string;
}

export interface PlaceOptions {
  readonly project?: string | undefined;
  readonly database?: string | undefined;
}

/** The migrations folder that is meant. Throws what is missing, or has to be chosen. */
export function findMigrations(site: Site, { project, database }: PlaceOptions): MigrationsPlace {
  const worker = site.findWorker(project);
  const binding = findDatabase(worker, database ?? site.options.database);
  return {
    site,
    worker,
    database: binding,
    folder: site.migrationsFolder(binding),
    pattern: patternInFolder({ configFile: join(site.tree.root, worker.wranglerConfig), ...binding }),
  };
}

/** The name of the file for the next migration. Throws for a pattern by which wrangler would never see it. */
export function nextFileName({ site, worker, folder, pattern }: MigrationsPlace, name: string): string {
  const names = filesBelow(site.tree, folder).filter((path) => matchesPattern(path, pattern));
  const fileName = `${formatNumber(nextNumber(names))}_${name}.sql`;
  if (!matchesPattern(fileName, pattern)) throw notMatched(worker, fileName, pattern);
  return fileName;
}

/** The wrangler of the Worker's project. */
export const wranglerOf = ({ site, worker }: MigrationsPlace): Wrangler =>
  findWrangler(dirname(join(site.tree.root, worker.wranglerConfig)));

/** The migrations of the tree as files, for as long as the work takes. */
export const withMigrationFiles = <Result>(
  { site, folder, pattern }: MigrationsPlace,
  wrangler: Wrangler,
  work: (files: readonly MigrationFile[]) => Promise<Result>,
): Promise<Result> =>
  withStagedFolder(site.tree, folder, (staged) =>
    work(listMigrations({ folder: staged, rules: folderRules(wrangler.version), pattern })),
  );

/**
 * Makes the rollback script of a migration of the tree, and writes it beside it when it is proved. Returns the reason where
 * there is none.
 */
export async function writeRollbackScript(
  place: MigrationsPlace,
  fileName: string,
  findIt: () => Wrangler,
): Promise<MadeScript | { readonly outcome: 'not-made'; readonly reason: string }> {
  try {
    const wrangler = findIt();
    const [made] = await withMigrationFiles(place, wrangler, (files) =>
      makeScripts({ wrangler, files, isWanted: ({ name }) => name === fileName, force: true }),
    );
    if (made === undefined) return { outcome: 'not-made', reason: 'wrangler does not see the file' };
    if ('text' in made) place.site.tree.write(`${place.folder}/${ROLLBACK_FOLDER}/${fileName}`, made.text);
    return made;
  } catch (error) {
    if (isD1Error(error)) return { outcome: 'not-made', reason: error.message };
    throw error;
  }
}

function notMatched({ wranglerConfig }: Worker, fileName: string, pattern: string): D1Error {
  return new D1Error({
    code: 'pattern-without-new-file',
    message: `wrangler would never apply ${fileName}: migrations_pattern (below the folder: ${pattern}) does not match it.`,
    fix: `Let the tool that makes files of that layout create the migration, or change migrations_pattern in ${dirname(wranglerConfig)}.`,
    location: { file: wranglerConfig },
    exitCode: 2,
  });
}
