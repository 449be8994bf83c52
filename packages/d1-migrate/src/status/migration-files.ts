import { folderRules, listMigrations, patternInFolder, type MigrationFile } from 'd1-core/migrations';
import type { Target } from 'd1-core/target';

/** The migrations of a target's database, exactly those that its wrangler would apply, in that order. */
export function listTargetMigrations({ environment, database, wrangler }: Target): readonly MigrationFile[] {
  const { migrationsDir, migrationsPattern } = database;
  const { configFile } = environment;
  return listMigrations({
    folder: migrationsDir,
    rules: folderRules(wrangler.version),
    pattern: patternInFolder({ configFile, migrationsDir, migrationsPattern }),
    configFile,
  });
}
