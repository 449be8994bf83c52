import type { FileFinding } from './finding.ts';
import type { MigrationFile } from './list-migrations.ts';
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

const RENUMBER =
  'Run "npx nx g d1-migrate:renumber"; it renames only files that are applied nowhere. If they are applied, accept them with the option "startAfter": the number of the last migration that is applied.';

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
  if (!basename(name).startsWith('.')) return undefined;
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
    fix: RENUMBER,
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
        : RENUMBER,
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
    fix: RENUMBER,
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
        fix: `Restore the missing file, or close the gap. ${RENUMBER}`,
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

const basename = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
