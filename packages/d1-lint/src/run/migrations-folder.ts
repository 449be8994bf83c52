import { dirname, resolve } from 'node:path';
import { listEnvironments, readWranglerConfig, wranglerConfigNames } from 'd1-core/environment';
import { patternInFolder } from 'd1-core/migrations';
import { findUpward } from '../config/index.ts';
import { isWithin, type MigrationsFolder } from './read-files.ts';

/** A migrations folder as a wrangler config describes it, where one does. */
export interface FoundFolder extends MigrationsFolder {
  readonly migrationsTable?: string | undefined;
}

/**
 * The migrations folder in which a path lies, or that it is: what the nearest wrangler config above it says that has one.
 * Undefined where none has.
 */
export function folderAround(path: string, at = path): FoundFolder | undefined {
  const configFile = findUpward(wranglerConfigNames, at);
  if (configFile === undefined) return undefined;
  const found = foldersOf(configFile).find(({ folder }) => isWithin(folder, path));
  const above = dirname(dirname(configFile));
  return found ?? (above === dirname(configFile) ? undefined : folderAround(path, above));
}

function foldersOf(configFile: string): readonly FoundFolder[] {
  try {
    const databases = listEnvironments(readWranglerConfig(configFile), {}).flatMap((one) => one.databases);
    return databases.map((database) => ({
      folder: resolve(database.migrationsDir),
      rules: 'pattern',
      pattern: patternInFolder({ ...database, configFile }),
      configFile,
      migrationsTable: database.migrationsTable,
    }));
  } catch {
    // What is wrong with the config is told by what runs with it.
    return [];
  }
}
