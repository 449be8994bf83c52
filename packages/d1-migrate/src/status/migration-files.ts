import {
  folderRules,
  listMigrations,
  notTakenFindings,
  patternInFolder,
  requireTaken,
  type FolderFinding,
  type ListMigrationsOptions,
  type MigrationFile,
} from 'd1-core/migrations';
import type { Target } from 'd1-core/target';

/** The migrations of a target's database, exactly those that its wrangler would apply, in that order. */
export const listTargetMigrations = (target: Target): readonly MigrationFile[] =>
  listMigrations(folderOf(target));

/** The same, where none may be missing. Throws D1Error `not-taken` for a file that wrangler would not apply. */
export function listAllMigrations(target: Target): readonly MigrationFile[] {
  const files = listTargetMigrations(target);
  requireTaken(findNotTaken(target));
  return files;
}

/** What looks like a migration in the folder of a target's database, and what its wrangler would not apply. */
export const findNotTaken = (target: Target): readonly FolderFinding[] => notTakenFindings(folderOf(target));

function folderOf({ environment, database, wrangler }: Target): ListMigrationsOptions {
  const { migrationsDir, migrationsPattern } = database;
  const { configFile } = environment;
  return {
    folder: migrationsDir,
    rules: folderRules(wrangler.version),
    pattern: patternInFolder({ configFile, migrationsDir, migrationsPattern }),
    configFile,
  };
}
