import { dirname, posix, relative } from 'node:path';
import lt from 'semver/functions/lt.js';
import { D1Error } from '../errors/index.ts';

/**
 * How wrangler finds and orders migrations (read in its sources 4.33.2, 4.86.0 and 4.156.0):
 * - `readdir`, before 4.80: every entry of the folder that ends in `.sql`, ordered by number; where numbers are equal
 *   or missing, in the order of the file system.
 * - `sorted`, 4.80 to 4.97: the same, but by name where numbers are equal or missing.
 * - `pattern`, from 4.98: regular files that match `migrations_pattern`, by number, then by name.
 */
export type FolderRules = 'readdir' | 'sorted' | 'pattern';

export function folderRules(wranglerVersion: string): FolderRules {
  if (lt(wranglerVersion, '4.80.0')) return 'readdir';
  return lt(wranglerVersion, '4.98.0') ? 'sorted' : 'pattern';
}

/** What wrangler matches when the config has no `migrations_pattern`; relative to the folder. */
export const DEFAULT_PATTERN = '*.sql';

/** What the wrangler config says of a migrations folder; the shape of `D1Binding` of `d1-core/environment`. */
export interface FolderConfig {
  /** The wrangler config, absolute. */
  readonly configFile: string;
  /** Absolute. */
  readonly migrationsDir: string;
  /** As written, relative to the config. */
  readonly migrationsPattern?: string | undefined;
}

/**
 * The pattern of a database relative to its migrations folder; `*.sql` when it has none.
 * Throws a `D1Error` (`migrations-pattern`) when the pattern does not begin with the folder: wrangler refuses that too.
 */
export function patternInFolder({ configFile, migrationsDir, migrationsPattern }: FolderConfig): string {
  if (migrationsPattern === undefined) return DEFAULT_PATTERN;
  const folder = relative(dirname(configFile), migrationsDir).replaceAll('\\', '/');
  const pattern = posix.normalize(migrationsPattern.replaceAll('\\', '/'));
  if (folder === '') return pattern;
  if (pattern.startsWith(`${folder}/`)) return pattern.slice(folder.length + 1);
  throw new D1Error({
    code: 'migrations-pattern',
    message: `migrations_pattern "${migrationsPattern}" does not begin with the migrations folder, "${folder}/".`,
    fix: `Write migrations_pattern = "${folder}/*.sql" in the wrangler config, or leave it out.`,
    location: { file: configFile },
    exitCode: 2,
  });
}
