import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';
import { D1Error } from '../errors/index.ts';
import type { FileFinding } from './finding.ts';
import type { FolderFinding } from './folder-findings.ts';
import { DEFAULT_PATTERN, type ListMigrationsOptions, matchesPattern } from './list-migrations.ts';
import { undoneMigration } from './names.ts';

/** A file somewhere below a migrations folder. */
export interface FolderEntry {
  /** The path below the folder, with `/`. */
  readonly name: string;
  readonly isLink: boolean;
}

/**
 * Reports the SQL files below a migrations folder that look like migrations, and that wrangler does not apply. Files in
 * folders that are kept apart, such as `rollback` and `seeds`, are none; nor is, beside migrations, a file without a number.
 *
 * @param entries what is below the folder; read from the disk where it is left out
 */
export function notTakenFindings(
  options: ListMigrationsOptions,
  entries: readonly FolderEntry[] = sqlFilesBelow(options.folder),
): readonly FolderFinding[] {
  const names = entries.map(({ name }) => name);
  const taken = entries.filter((entry) => isTaken(entry, options));
  const missed = entries.filter(
    (entry) =>
      !taken.includes(entry) &&
      isSql(entry.name) &&
      !isApart(entry.name, names) &&
      (taken.length === 0 || looksLikeMigration(entry.name)),
  );
  const upper = missed.filter(({ name }) => !name.endsWith('.sql'));
  const links = missed.filter((entry) => !upper.includes(entry) && entry.isLink);
  const others = missed.filter((entry) => !upper.includes(entry) && !links.includes(entry));
  const apart = names.filter((name) => isApart(name, names));
  return [
    ...finding(upper, 'their names do not end in ".sql"', renameToLowerCase(upper)),
    ...finding(links, 'it follows no symbolic link', 'Put the files themselves there.'),
    ...finding(
      others,
      `it takes what matches ${wanted(options)}`,
      wayIn(
        others.map(({ name }) => name),
        taken.map(({ name }) => name),
        apart,
        options,
      ),
    ),
  ];
}

/** Throws for those findings that are of files that wrangler would not apply. */
export function requireTaken(findings: readonly FileFinding[]): void {
  const [first, ...others] = findings.filter(({ code }) => code === 'not-taken');
  if (first === undefined) return;
  const { code, message, fix } = first;
  const notes = others.map((other) => `${other.message} Fix: ${other.fix}`);
  throw new D1Error({ code, message, fix, notes, exitCode: 1 });
}

/** Every file below a folder that ends in `.sql`, in any case; hidden ones and `node_modules` are not looked at. */
function sqlFilesBelow(folder: string, below = ''): readonly FolderEntry[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = posix.join(below, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    if (entry.isDirectory()) return sqlFilesBelow(folder, name);
    const isLink = entry.isSymbolicLink();
    const isFile = isLink
      ? statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true
      : entry.isFile();
    return isFile && isSql(name) ? [{ name, isLink }] : [];
  });
}

const isSql = (name: string): boolean => /\.sql$/i.test(name);

function isTaken(
  { name, isLink }: FolderEntry,
  { rules, pattern = DEFAULT_PATTERN }: ListMigrationsOptions,
): boolean {
  return rules === 'pattern'
    ? !isLink && matchesPattern(name, pattern)
    : !name.includes('/') && name.endsWith('.sql');
}

/** Names of folders in which there are SQL files for other ends. */
const APART =
  /^(rollbacks?|down|undo|revert|archived?|old|schemas?|meta|seeds?|fixtures?|tests?|drafts?|templates?|snapshots?|backups?|dumps?|queries)$/i;

const isApart = (name: string, names: readonly string[]): boolean =>
  name
    .split('/')
    .slice(0, -1)
    .some((folder) => APART.test(folder)) || undoneMigration(name, names) !== undefined;

/** `0003_a.sql`, `20240101_a/migration.sql`, `2024/a.sql`. */
const looksLikeMigration = (name: string): boolean =>
  name.split('/').some((part) => /^\d/.test(part)) || basename(name).toLowerCase() === 'migration.sql';

const wanted = ({ rules, pattern = DEFAULT_PATTERN }: ListMigrationsOptions): string =>
  rules === 'pattern' ? pattern : DEFAULT_PATTERN;

/** Names that a message has. */
const SHOWN = 5;

function finding(entries: readonly FolderEntry[], reason: string, fix: string): readonly FolderFinding[] {
  if (entries.length === 0) return [];
  const files = entries.map(({ name }) => name);
  const more = files.length - SHOWN;
  const list = [...files.slice(0, SHOWN), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const count = files.length === 1 ? 'an SQL file' : `${files.length} SQL files`;
  return [
    {
      code: 'not-taken',
      severity: 'error',
      message: `wrangler does not apply ${count} below the migrations folder, because ${reason}: ${list}.`,
      fix,
      files,
    },
  ];
}

const renameToLowerCase = (entries: readonly FolderEntry[]): string =>
  `Rename them, if they are migrations: ${entries
    .slice(0, SHOWN)
    .map(({ name }) => `mv ${name} ${name.replace(/\.sql$/i, '.sql')}`)
    .join('; ')}`;

/** What to write into the config, or where to put the files. */
function wayIn(
  missed: readonly string[],
  taken: readonly string[],
  apart: readonly string[],
  { folder, rules, pattern = DEFAULT_PATTERN, configFile }: ListMigrationsOptions,
): string {
  if (configFile === undefined) return 'Name the folder that they are in, or the files themselves.';
  const base = relative(dirname(configFile), folder).replaceAll('\\', '/');
  const folders = [...new Set(missed.map((name) => posix.dirname(name)))];
  const [only = '.', second] = folders;
  const isOneOfMany = /^\d/.test(only) || basename(missed[0] ?? '') === 'migration.sql';
  const keep = 'If they are no migrations, move them out of the folder.';
  const applied = 'If they are applied already, run the target "baseline" before "migrate".';
  if (
    second === undefined &&
    only !== '.' &&
    !isOneOfMany &&
    taken.length === 0 &&
    pattern === DEFAULT_PATTERN
  ) {
    const written = line(configFile, { migrations_dir: posix.join(base, only) });
    return `Write into the database in ${basename(configFile)}: ${written}. ${applied} ${keep}`;
  }
  const found = candidates(folders).find(
    (candidate) =>
      [...missed, ...taken].every((name) => matchesPattern(name, candidate)) &&
      !apart.some((name) => matchesPattern(name, candidate)),
  );
  if (found === undefined) return 'Move them to where it looks, or out of the folder.';
  const written = line(configFile, {
    migrations_dir: base === '' ? '.' : base,
    migrations_pattern: posix.join(base, found),
  });
  const update = rules === 'pattern' ? '' : 'Install wrangler 4.98 or newer, which can look into folders. ';
  return `${update}Write into the database in ${basename(configFile)}: ${written}. ${applied} ${keep}`;
}

/** Patterns that may take all, the plainest first. */
const candidates = (folders: readonly string[]): readonly string[] => [
  DEFAULT_PATTERN,
  '*/migration.sql',
  '[0-9]*/*.sql',
  `{${folders.map((folder) => (folder === '.' ? '*' : `${folder}/*`)).join(',')}}.sql`,
  `{${['*', ...folders.filter((folder) => folder !== '.').map((folder) => `${folder}/*`)].join(',')}}.sql`,
  '**/*.sql',
];

const line = (configFile: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => (configFile.endsWith('.toml') ? `${key} = "${value}"` : `"${key}": "${value}"`))
    .join(' and ');
