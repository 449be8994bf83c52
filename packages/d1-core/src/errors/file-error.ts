import { tmpdir } from 'node:os';
import { sep } from 'node:path';
import { D1Error } from './d1-error.ts';

/** Of the codes of SQLite, those that speak of the file and not of what is in it: https://sqlite.org/rescode.html */
const SQLITE_CODES: ReadonlyMap<number, string> = new Map([
  [8, 'EROFS'],
  [10, 'EIO'],
  [13, 'ENOSPC'],
  [14, 'ENOENT'],
]);

const SQLITE_NAMES: ReadonlyMap<string, string> = new Map([
  ['FULL', 'ENOSPC'],
  ['READONLY', 'EROFS'],
  ['CANTOPEN', 'ENOENT'],
  ['IOERR', 'EIO'],
]);

/** No room on the disk, in the user's share of it, or in what one file may have. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Others, such as ECONNRESET, are of the network. */
const CODES: ReadonlySet<string> = new Set([
  ...FULL,
  ...FORBIDDEN,
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'EEXIST',
  'ENOTEMPTY',
  'ENAMETOOLONG',
  'ELOOP',
  'EMFILE',
  'ENFILE',
  'EIO',
  'EBUSY',
  'EXDEV',
]);

/** What the caller knows of the file that the system does not say. */
export interface FileErrorContext {
  /** The file or folder that was worked on, where the error names none. */
  readonly file?: string | undefined;
  /** What helps, where it is not to make room or to give a right. */
  readonly fix?: string | undefined;
  readonly notes?: readonly string[] | undefined;
}

/**
 * What the system, or SQLite for it, said of a file, as an error for the reader: `disk-full`, `not-writable` (no right to it, or
 * a file system that is read only) or `file-failed`. Undefined for every other error, a `D1Error` among them.
 */
export function explainFileError(error: unknown, context: FileErrorContext = {}): D1Error | undefined {
  const code = systemCodeOf(error);
  if (code === undefined) return undefined;
  const target = FULL.has(code) ? property(error, 'dest') : undefined;
  const file = context.file ?? target ?? property(error, 'path');
  return fileError(code, String(property(error, 'message')), { ...context, file }, error);
}

/** The same of what another program has said, such as the engine. Undefined where the text speaks of no file. */
export function explainFileText(text: string, context: FileErrorContext = {}): D1Error | undefined {
  const [, system, sqlite] =
    /\b(ENOSPC|EDQUOT|EFBIG|EACCES|EPERM|EROFS)\b|\bSQLITE_(FULL|READONLY|CANTOPEN|IOERR)/.exec(text) ?? [];
  const code = system ?? SQLITE_NAMES.get(sqlite ?? '');
  return code === undefined ? undefined : fileError(code, text, context, undefined);
}

function fileError(
  code: string,
  said: string,
  { file, fix, notes }: FileErrorContext,
  cause: unknown,
): D1Error {
  const known = { location: file === undefined ? undefined : { file }, notes, cause };
  if (FULL.has(code)) {
    return new D1Error({
      ...known,
      code: 'disk-full',
      message: `There is no more room on the disk (${code}).`,
      fix: fix ?? makeRoom(file),
    });
  }
  const isForbidden = FORBIDDEN.has(code);
  return new D1Error({
    ...known,
    code: isForbidden ? 'not-writable' : 'file-failed',
    message: isForbidden
      ? `A file or folder may not be used by this user, or cannot be written: ${said}`
      : `A file could not be used: ${said}`,
    fix:
      fix ??
      (isForbidden
        ? 'Give this user the right to write there, or choose another folder, and run again.'
        : 'Look at the path, and run again.'),
    exitCode: 2,
  });
}

/** Whether there is no room left, said by the system, by SQLite or by us. */
export function isDiskFull(error: unknown): boolean {
  return FULL.has(systemCodeOf(error) ?? '') || property(error, 'code') === 'disk-full';
}

/** The code of an error of the file system, such as `ENOSPC`. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = property(error, 'code') ?? '';
  if (code === 'ERR_SQLITE_ERROR') return SQLITE_CODES.get(Number(property(error, 'errcode')) & 0xff);
  const call = property(error, 'syscall') ?? '';
  const isOfProcess = call === '' || call === 'kill' || call.startsWith('spawn');
  const isOfNetwork = property(error, 'address') !== undefined;
  return isOfProcess || isOfNetwork || !CODES.has(code) ? undefined : code;
}

function makeRoom(file: string | undefined): string {
  const folder = tmpdir();
  return file === undefined || file === folder || file.startsWith(folder + sep)
    ? `Make room, and run again. Throw-away copies of databases need some in ${folder}; the variable TMPDIR names another folder.`
    : 'Make room on the disk of this file, and run again.';
}

/** Not by `instanceof`: in a test runner the errors of the system come from another realm. */
function property(error: unknown, name: string): string | undefined {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined;
  const value: unknown = Reflect.get(error, name);
  return value === undefined || value === null ? undefined : String(value);
}
