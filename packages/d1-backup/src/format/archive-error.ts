import { basename } from 'node:path';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';

/** What is wrong with a file that should be an archive. */
export type ArchiveErrorCode =
  | 'no-archive'
  | 'damaged-archive'
  | 'unsafe-archive'
  | 'newer-archive'
  | 'missing-identity'
  | 'wrong-identity'
  | 'not-signed'
  | 'wrong-signature';

const fixes = (list = commandLine('d1-backup:list')): Readonly<Record<ArchiveErrorCode, string>> => ({
  'no-archive': `Name a file that d1-backup wrote; "${list}" shows them.`,
  'damaged-archive': `Take another archive or another copy of this one; "${list}" shows which there are.`,
  'unsafe-archive': `Do not unpack it, and take another archive; "${list}" shows which there are.`,
  'newer-archive': 'Update d1-backup.',
  'missing-identity': 'Give the file with the age identity: --identity=<file>',
  'not-signed': 'Take an archive that was made with --sign, or leave --signer out.',
  'wrong-signature': 'Do not use it, and find out who made it; "backup-list" shows other archives.',
  'wrong-identity': 'Give the identity of one of the recipients that the backup was encrypted to.',
});

/** An error about an archive. The message goes on after the name of the file: "is cut off". */
export function archiveError(
  code: ArchiveErrorCode,
  file: string,
  message: string,
  { notes, cause }: { readonly notes?: readonly string[]; readonly cause?: unknown } = {},
): D1Error<ArchiveErrorCode> {
  const isArgument = code === 'no-archive' || code === 'newer-archive' || code.endsWith('-identity');
  return new D1Error({
    code,
    message: `${basename(file)} ${message}.`,
    fix: fixes()[code],
    notes: notes ?? (isArgument ? [] : ['Nothing of it was written anywhere.']),
    location: { file },
    exitCode: isArgument ? 2 : 1,
    cause,
  });
}

/** Shows an entry's name in a message: what a terminal would take for a command is escaped. */
export const shownEntry = (path: string): string => JSON.stringify(path);
