import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { D1Error } from 'd1-core/errors';
import {
  listMigrations,
  notTakenFindings,
  readMigration,
  requireTaken,
  ROLLBACK_FOLDER,
  type ListMigrationsOptions,
} from 'd1-core/migrations';
import type { LintFile } from '../engine/rule.ts';

/** A migrations folder, as a wrangler config describes it where one does. */
export interface MigrationsFolder extends ListMigrationsOptions {
  readonly migrationsTable?: string | undefined;
}

/** The migrations of a folder, where wrangler applies all that look like one. Throws D1Error `not-taken`. */
export function readWholeFolder(options: MigrationsFolder, root: string): readonly LintFile[] {
  const files = readFolder(options, root);
  requireTaken(notTakenFindings(options));
  return files;
}

/** The migrations of a folder, in the order in which wrangler applies them. Paths are given relative to `root`. */
export function readFolder(options: MigrationsFolder, root: string): readonly LintFile[] {
  return listMigrations(options).map((file) => {
    const { name, number, bytes, text } = readMigration(file);
    return { name, number, bytes, text, path: reportPath(file.path, root) };
  });
}

/** The rollback scripts of a migrations folder, by the name of the migration. */
export function readRollbackScripts(folder: string): ReadonlyMap<string, string> {
  const scripts = join(folder, ROLLBACK_FOLDER);
  if (!existsSync(scripts)) return new Map();
  const names = readdirSync(scripts).filter((name) => name.endsWith('.sql'));
  return new Map(names.map((name) => [name, readFileSync(join(scripts, name), 'utf8')]));
}

/** A file that is no migration of a folder. Throws D1Error `unreadable-file`. */
export const readLoneFile = (path: string, root: string): LintFile =>
  lintFile(reportPath(path, root), readBytes(path));

/** A text without a file, such as standard input. */
export function lintFile(path: string, bytes: Uint8Array): LintFile {
  const number = Number.parseInt(basename(path), 10);
  return {
    name: basename(path),
    path,
    number: Number.isNaN(number) ? undefined : number,
    bytes,
    text: new TextDecoder().decode(bytes),
  };
}

export const reportPath = (path: string, root: string): string => relative(root, path).split(sep).join('/');

/** Whether a path is a folder, or lies in it. */
export const isWithin = (folder: string, path: string): boolean =>
  relative(folder, path).split(sep)[0] !== '..';

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const isMissing = !existsSync(path);
    throw new D1Error({
      code: 'unreadable-file',
      message: isMissing
        ? 'There is no such file or folder.'
        : `The file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`,
      fix: isMissing ? 'Correct the path.' : 'Make it readable for the user that runs this command.',
      location: { file: path },
      exitCode: 2,
      cause,
    });
  }
}
