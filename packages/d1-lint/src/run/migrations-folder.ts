import { dirname, relative, resolve, sep } from 'node:path';
import { findUpward } from '../config/index.ts';
import type { MigrationsFolder } from './read-files.ts';

/** A migrations folder as a wrangler config describes it, where one does. */
export interface FoundFolder extends MigrationsFolder {
  readonly migrationsTable?: string | undefined;
}

const WRANGLER_CONFIGS = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'];

/**
 * The migrations folder in which a path lies, or that it is: what the nearest wrangler config above it says that has one.
 * Undefined where none has.
 */
export async function folderAround(path: string, at = path): Promise<FoundFolder | undefined> {
  const configFile = findUpward(WRANGLER_CONFIGS, at);
  if (configFile === undefined) return undefined;
  const found = (await foldersOf(configFile)).find(({ folder }) => isWithin(folder, path));
  const above = dirname(dirname(configFile));
  return found ?? (above === dirname(configFile) ? undefined : folderAround(path, above));
}

async function foldersOf(configFile: string): Promise<readonly FoundFolder[]> {
  // Loaded only where there is a config.
  const { listEnvironments, readWranglerConfig } = await import('d1-core/environment');
  const { patternInFolder } = await import('d1-core/migrations');
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

/** Whether a path is a folder, or lies in it. */
export const isWithin = (folder: string, path: string): boolean =>
  relative(folder, path).split(sep)[0] !== '..';
