import { opendirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { Minimatch } from 'minimatch';
import lt from 'semver/functions/lt.js';
import { commandLine } from '../door/index.ts';
import { D1Error, nearest } from '../errors/index.ts';
import { isCalled } from './names.ts';

/** A file that wrangler takes for a migration. */
export interface MigrationFile {
  /** As wrangler records it in its history: the path below the migrations folder, with `/`. */
  readonly name: string;
  /** Where the file is: the folder that was listed, then the name. */
  readonly path: string;
  /** The number that wrangler orders by; undefined when it finds none. */
  readonly number: number | undefined;
}

export interface ListMigrationsOptions {
  readonly folder: string;
  readonly rules: FolderRules;
  /** A glob relative to the folder, as `patternInFolder` gives it. Only the rules `pattern` look at it. */
  readonly pattern?: string | undefined;
  /** The wrangler config that names the folder, for the error when it is missing. */
  readonly configFile?: string | undefined;
}

/**
 * Lists a migrations folder as wrangler does, in the order in which it applies the files to an empty database.
 *
 * Before 4.98 wrangler orders only what is pending, with a comparison that calls a file without a number equal to
 * every other. So in a folder that has such a file the order also depends on what is applied already;
 * `folderFindings` reports it.
 *
 * Throws a `D1Error` (`no-migrations-folder`) when there is no such folder.
 */
export function listMigrations(options: ListMigrationsOptions): readonly MigrationFile[] {
  const { folder, rules, pattern = DEFAULT_PATTERN } = options;
  requireFolder(options);
  if (rules === 'pattern') {
    return orderMigrations(folder, matchingFiles(folder, new Minimatch(pattern, MATCHING)));
  }
  const names = sqlEntries(folder);
  if (rules === 'sorted') names.sort();
  return names
    .map((name) => migrationFile(folder, name, looseNumber(name)))
    .sort((a, b) => compareNumbers(a.number ?? NaN, b.number ?? NaN));
}

/** Migrations by name, in the order of wrangler from 4.98 on. Looks at no file. */
export const orderMigrations = (folder: string, names: readonly string[]): readonly MigrationFile[] =>
  names.toSorted(compareNames).map((name) => migrationFile(folder, name, leadingNumber(name)));

function requireFolder({ folder, configFile }: ListMigrationsOptions): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const namedBy = configFile === undefined ? '' : `, which ${configFile} names as migrations_dir`;
  throw new D1Error({
    code: 'no-migrations-folder',
    message: `There is no folder ${folder}${namedBy}.`,
    fix: `Create the first migration with "${commandLine('d1-migrate:migration', 'initial_schema')}", or correct migrations_dir.`,
    location: configFile === undefined ? undefined : { file: configFile },
    exitCode: 2,
  });
}

const migrationFile = (folder: string, name: string, number: number): MigrationFile => ({
  name,
  path: join(folder, ...name.split('/')),
  number: Number.isNaN(number) ? undefined : number,
});

/** Wrangler's options; it uses minimatch too. */
const MATCHING = { dot: false };

/** Whether wrangler from 4.98 would take a file for a migration. The name is relative to the folder, with `/`. */
export const matchesPattern = (name: string, pattern: string): boolean =>
  new Minimatch(pattern, MATCHING).match(name);

/** `readdir` would sort; the order of the file system is what wrangler before 4.80 starts from. */
function sqlEntries(folder: string): string[] {
  const names: string[] = [];
  const directory = opendirSync(folder);
  for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
    if (entry.name.endsWith('.sql')) names.push(entry.name);
  }
  directory.closeSync();
  return names;
}

/** Regular files only: wrangler follows no symbolic link here, neither to a file nor to a folder. */
function matchingFiles(folder: string, matcher: Minimatch, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return matcher.match(name, true) ? matchingFiles(folder, matcher, name) : [];
    return entry.isFile() && matcher.match(name) ? [name] : [];
  });
}

/** From 4.98: the decimal number before the first underscore of the first segment. */
const leadingNumber = (name: string): number => Number.parseInt(name.split(/[/_]/, 1)[0] ?? '', 10);

/** Before 4.98 no radix is given, so `0x10_a.sql` is number 16. */
const looseNumber = (name: string): number => Number.parseInt(name.split('_', 1)[0] ?? '');

/** Equal when either is NaN, like wrangler's. */
const compareNumbers = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

/** Segment by segment: numbered before unnumbered, then by number, then by name; a folder after the files. */
function compareNames(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (const [index, segment] of left.entries()) {
    const other = right[index];
    if (other === undefined) break;
    const order = compareSegments(segment, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareSegments(a: string, b: string): number {
  const orderable = (segment: string) => {
    const number = leadingNumber(segment);
    return Number.isNaN(number) ? Infinity : number;
  };
  return compareNumbers(orderable(a), orderable(b)) || (a < b ? -1 : a > b ? 1 : 0);
}

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

/**
 * What to list of the folder of a database, by the rules of a version of wrangler; without one, of the newest.
 * Throws what `patternInFolder` throws.
 */
export const folderOptions = (config: FolderConfig, wranglerVersion?: string): ListMigrationsOptions => ({
  folder: config.migrationsDir,
  rules: wranglerVersion === undefined ? 'pattern' : folderRules(wranglerVersion),
  pattern: patternInFolder(config),
  configFile: config.configFile,
});

/**
 * Tells the migrations after `startAfter` from the old history. A number is compared with numbers, a name must be
 * there. Throws D1Error `unknown-start-after`.
 */
export function isAfter(
  startAfter: string | undefined,
  files: readonly Pick<MigrationFile, 'name' | 'number'>[],
): (file: Pick<MigrationFile, 'name' | 'number'>) => boolean {
  if (startAfter === undefined) return () => true;
  if (/^\d+$/.test(startAfter)) {
    const last = Number(startAfter);
    return ({ number }) => number === undefined || number > last;
  }
  const names = files.map(({ name }) => name);
  const index = names.findIndex((name) => isCalled(name, startAfter));
  if (index < 0) {
    const meant = nearest(startAfter, names);
    throw new D1Error({
      code: 'unknown-start-after',
      message: `There is no migration "${startAfter}", which startAfter names.`,
      fix:
        meant === undefined
          ? 'Write its number, such as "0042", or its file name.'
          : `Did you mean "${meant}"?`,
      exitCode: 2,
    });
  }
  const after = new Set(names.slice(index + 1));
  return ({ name }) => after.has(name);
}
