import { opendirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Minimatch } from 'minimatch';
import { D1Error } from '../errors/index.ts';
import { DEFAULT_PATTERN, type FolderRules } from './rules.ts';

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
    fix: 'Create the first migration with "npx nx g d1-migrate:migration initial_schema", or correct migrations_dir.',
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
