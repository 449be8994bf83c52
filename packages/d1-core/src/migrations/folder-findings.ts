import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';
import { commandLine } from '../door/index.ts';
import { D1Error } from '../errors/index.ts';
import type { FileFinding } from './finding.ts';
import {
  type MigrationFile,
  DEFAULT_PATTERN,
  type ListMigrationsOptions,
  matchesPattern,
} from './list-migrations.ts';
import { formatNumber, isDated, nameWithNumber, parseMigrationName, undoneMigration } from './names.ts';
import { ROLLBACK_FOLDER } from './rollback-script.ts';

export type FolderFindingCode =
  | 'duplicate-number'
  | 'number-gap'
  | 'unnumbered'
  | 'number-width'
  | 'rollback-as-migration'
  | 'hidden-file'
  | 'name-with-quote'
  | 'name-with-space'
  | 'name-differs-by-case'
  | 'not-taken';

export type FolderFinding = FileFinding<FolderFindingCode>;

const renumber = (): string =>
  `Run "${commandLine('d1-migrate:renumber')}"; it renames only files that are applied nowhere. If they are applied, accept them with the option "startAfter": the number of the last migration that is applied.`;

/** Reports what is wrong with the names and numbers of a folder's migrations, as `listMigrations` gives them. */
export function folderFindings(files: readonly MigrationFile[]): readonly FolderFinding[] {
  const names = files.map(({ name }) => name);
  const isRollback = ({ name }: MigrationFile) => undoneMigration(name, names) !== undefined;
  return [
    ...files.flatMap((file) => nameFindings(file, names)),
    ...duplicateNumbers(files.filter((file) => !isRollback(file))),
    ...gaps(files),
    ...sameButForCase(files),
  ];
}

function nameFindings(file: MigrationFile, names: readonly string[]): readonly FolderFinding[] {
  return [
    rollbackAsMigration(file, names),
    hidden(file),
    unnumbered(file),
    numberWidth(file),
    nameWithQuote(file),
    nameWithSpace(file),
  ].filter((finding) => finding !== undefined);
}

function rollbackAsMigration({ name }: MigrationFile, names: readonly string[]): FolderFinding | undefined {
  const isInFolder = name.startsWith(`${ROLLBACK_FOLDER}/`);
  const undone = undoneMigration(name, names);
  if (undone === undefined && !isInFolder) return undefined;
  return {
    code: 'rollback-as-migration',
    severity: 'error',
    message: `wrangler applies ${name} as a migration, although its name says that it undoes one.`,
    fix: isInFolder
      ? `Change migrations_pattern so that it does not match the folder ${ROLLBACK_FOLDER}.`
      : `Move it to ${ROLLBACK_FOLDER}/${undone ?? name}: wrangler does not look into that folder.`,
    files: [name],
  };
}

function hidden({ name }: MigrationFile): FolderFinding | undefined {
  if (!posix.basename(name).startsWith('.')) return undefined;
  return {
    code: 'hidden-file',
    severity: 'error',
    message: `wrangler before 4.98 applies the hidden file ${name}, and newer ones do not.`,
    fix: 'Delete it, or give it a name that begins with its number.',
    files: [name],
  };
}

function unnumbered({ name, number }: MigrationFile): FolderFinding | undefined {
  if (number !== undefined) return undefined;
  return {
    code: 'unnumbered',
    severity: 'error',
    message: `${name} has no number: before wrangler 4.98 the order of the whole folder is undetermined, later it comes last.`,
    fix: renumber(),
    files: [name],
  };
}

function numberWidth({ name, number }: MigrationFile): FolderFinding | undefined {
  if (number === undefined || name.includes('/')) return undefined;
  if (parseMigrationName(name)?.digits.length === 4) return undefined;
  return {
    code: 'number-width',
    severity: 'warning',
    message: `${name} does not begin with four digits and an underscore: what sorts by name may order it differently.`,
    fix:
      number >= 0 && number <= 9999 && !isDated(name)
        ? `If it is applied nowhere, rename it to ${nameWithNumber(name, number)}.`
        : renumber(),
    files: [name],
  };
}

function nameWithQuote({ name }: MigrationFile): FolderFinding | undefined {
  if (!/['"`]/.test(name)) return undefined;
  return {
    code: 'name-with-quote',
    severity: 'error',
    message: `The name ${name} holds a quote; before wrangler 4.105 a ' breaks the statement that records the migration.`,
    fix: `If it is applied nowhere, rename it to ${name.replaceAll(/['"`]/g, '')}.`,
    files: [name],
  };
}

function nameWithSpace({ name }: MigrationFile): FolderFinding | undefined {
  if (!/\s/.test(name)) return undefined;
  return {
    code: 'name-with-space',
    severity: 'warning',
    message: `The name "${name}" holds white space, which every shell command has to quote.`,
    fix: `If it is applied nowhere, rename it to ${name.replaceAll(/\s+/g, '_')}.`,
    files: [name],
  };
}

function duplicateNumbers(files: readonly MigrationFile[]): readonly FolderFinding[] {
  const numbered = files.filter(({ number }) => number !== undefined);
  return groupsOfSeveral(numbered, ({ number }) => number).map((names) => ({
    code: 'duplicate-number',
    severity: 'error',
    message: `${names.join(' and ')} have the same number; all of them are applied, in an order that nobody chose.`,
    fix: renumber(),
    files: names,
  }));
}

/** Only between numbers of up to four digits: time stamps are apart by nature. */
function gaps(files: readonly MigrationFile[]): readonly FolderFinding[] {
  const ordered = files
    .flatMap(({ name, number }) =>
      number !== undefined && number >= 0 && number <= 9999 ? [{ name, number }] : [],
    )
    .sort((a, b) => a.number - b.number);
  return ordered.flatMap(({ name, number }, index) => {
    const before = ordered[index - 1];
    if (before === undefined || number - before.number <= 1) return [];
    const width = parseMigrationName(name)?.digits.length;
    const first = formatNumber(before.number + 1, width);
    const missing = number - before.number === 2 ? first : `${first} to ${formatNumber(number - 1, width)}`;
    return [
      {
        code: 'number-gap',
        severity: 'warning',
        message: `There is no migration ${missing}, between ${before.name} and ${name}.`,
        fix: `Restore the missing file, or close the gap. ${renumber()}`,
        files: [before.name, name],
      } as const,
    ];
  });
}

function sameButForCase(files: readonly MigrationFile[]): readonly FolderFinding[] {
  return groupsOfSeveral(files, ({ name }) => name.toLowerCase()).map((names) => ({
    code: 'name-differs-by-case',
    severity: 'error',
    message: `${names.join(' and ')} differ only by case; on macOS and Windows one of them overwrites the other.`,
    fix: 'Rename one of them that is applied nowhere, or delete the one that is not meant.',
    files: names,
  }));
}

/** The names of the files that share a key with another, group by group. */
function groupsOfSeveral(
  files: readonly MigrationFile[],
  keyOf: (file: MigrationFile) => unknown,
): readonly (readonly string[])[] {
  const groups = new Map<unknown, string[]>();
  for (const file of files) {
    const group = groups.get(keyOf(file));
    if (group === undefined) groups.set(keyOf(file), [file.name]);
    else group.push(file.name);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

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
  name.split('/').some((part) => /^\d/.test(part)) || posix.basename(name).toLowerCase() === 'migration.sql';

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
  const isOneOfMany = /^\d/.test(only) || posix.basename(missed[0] ?? '') === 'migration.sql';
  const keep = 'If they are no migrations, move them out of the folder.';
  const applied = `If they are applied already, run "${commandLine('d1-migrate:baseline')}" before "${commandLine('d1-migrate:migrate')}".`;
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
