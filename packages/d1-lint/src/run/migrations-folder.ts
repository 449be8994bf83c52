import { dirname } from 'node:path';
import { listEnvironments, readWranglerConfig, wranglerConfigNames } from 'd1-core/environment';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { folderOptions } from 'd1-core/migrations';
import type { Wrangler } from 'd1-core/wrangler';
import { findUpward } from '../config/index.ts';
import type { WranglerSplit } from '../engine/rule.ts';
import { isWithin, type MigrationsFolder } from './read-files.ts';

/**
 * The migrations folders of the databases of a wrangler config; one that several share is there once. Throws D1Error
 * `no-database`, and what is wrong with the config.
 */
export async function foldersOf(configFile: string): Promise<readonly MigrationsFolder[]> {
  const wrangler = await installedWrangler(dirname(configFile));
  const databases = listEnvironments(readWranglerConfig(configFile), {}).flatMap((one) => one.databases);
  const folders = databases.map((database) => ({
    // The version of wrangler decides which files count.
    ...folderOptions({ ...database, configFile }, wrangler?.version),
    migrationsTable: database.migrationsTable,
  }));
  if (folders.length === 0) {
    throw new D1Error({
      code: 'no-database',
      message: 'The wrangler config has no D1 database, so there are no migrations to lint.',
      fix: `Add a d1_databases entry, or name the folder: "${commandLine('d1-lint:lint', '--paths=migrations')}".`,
      location: { file: configFile },
      exitCode: 2,
    });
  }
  return [
    ...new Map(
      folders.map((one) => [`${one.folder}\n${one.pattern ?? ''}\n${one.migrationsTable}`, one]),
    ).values(),
  ];
}

/**
 * The migrations folder in which a path lies, or that it is: what the nearest wrangler config above it says that has one.
 * Undefined where none has.
 */
export async function folderAround(path: string, at = path): Promise<MigrationsFolder | undefined> {
  const configFile = findUpward(wranglerConfigNames, at);
  if (configFile === undefined) return undefined;
  // What is wrong with the config is told by what runs with it.
  const folders = await foldersOf(configFile).catch(() => []);
  const found = folders.find(({ folder }) => isWithin(folder, path));
  const above = dirname(dirname(configFile));
  return found ?? (above === dirname(configFile) ? undefined : folderAround(path, above));
}

/** How the wrangler of a folder cuts a text into statements; undefined where none is installed. */
export async function installedSplit(folder: string): Promise<WranglerSplit | undefined> {
  const wrangler = await installedWrangler(folder);
  if (wrangler === undefined) return undefined;
  const { loadSplitter } = await import('d1-core/wrangler');
  return loadSplitter(wrangler);
}

/** Undefined where none is installed, or one that is too old: linting needs none, and the other commands say so. */
async function installedWrangler(folder: string): Promise<Wrangler | undefined> {
  // Loaded only when it is needed: it takes as long as linting a hundred files.
  const { findWrangler } = await import('d1-core/wrangler');
  try {
    return findWrangler(folder);
  } catch {
    return undefined;
  }
}
