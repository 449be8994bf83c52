import { D1Error, isD1Error } from 'd1-core/errors';
import { plural } from 'd1-core/report';
import { sizeWords } from '../shelf/words.ts';
import type { BackupRequest } from './request.ts';

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** No room on the disk, in the user's share of it, or in what one file may have. */
const isFull = (code: unknown): boolean => code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';

/** Whether there is no room left, said by the system or by us. */
export const isDiskFull = (error: unknown): boolean => isFull(codeOf(error)) || codeOf(error) === 'disk-full';

const NOT_WRITABLE: ReadonlySet<unknown> = new Set([
  'EACCES',
  'EROFS',
  'EPERM',
  'ENOTDIR',
  'EEXIST',
  'ENOENT',
]);

/** Whether the system speaks of a file in a folder. */
const isBelow = (error: unknown, folder: string): boolean =>
  typeof error === 'object' && error !== null && 'path' in error && String(error.path).startsWith(folder);

/** Said wherever a backup fails. */
const UNHARMED = 'No archive was made. Earlier archives are as they were.';

/** What a backup failed with, as an error for the reader; `kept` photos are there for the next run. */
export function explainFailure(
  error: unknown,
  { output, signal, recipients }: Pick<BackupRequest, 'output' | 'signal' | 'recipients'>,
  kept = 0,
): unknown {
  const notes = [
    UNHARMED,
    ...(kept === 0
      ? []
      : [`${plural(kept, 'photo')} that came are kept in ${output}; --resume goes on from there.`]),
  ];
  if (signal?.aborted === true) return interrupted(notes, recipients.length > 0, error);
  const code = codeOf(error);
  if (isFull(code)) return diskFull(output, notes, error);
  if (NOT_WRITABLE.has(code) && isBelow(error, output)) return notWritable(output, error);
  if (!isD1Error(error)) return error;
  const { message, fix, location, exitCode } = error;
  const isSaid = error.notes.some((note) => note.startsWith('The archive itself is made'));
  return new D1Error({
    code: error.code,
    message,
    fix,
    location,
    exitCode,
    notes: [...error.notes, ...(isSaid ? [] : notes.filter((note) => !error.notes.includes(note)))],
    cause: error,
  });
}

const interrupted = (notes: readonly string[], isEncrypted: boolean, cause: unknown): D1Error =>
  new D1Error({
    code: 'interrupted',
    message: 'The backup was stopped.',
    fix: `Run it again${isEncrypted ? '' : '; with --resume it takes the photos that have come already'}.`,
    notes,
    cause,
  });

const diskFull = (output: string, notes: readonly string[], cause: unknown): D1Error =>
  new D1Error({
    code: 'disk-full',
    message: `There is no more room in ${output} (${String(codeOf(cause))}).`,
    fix: MAKE_ROOM,
    notes,
    cause,
  });

const MAKE_ROOM =
  'Make room, for example with the target "backup-prune", or choose another folder: --output=<folder>';

const notWritable = (output: string, cause: unknown): D1Error =>
  new D1Error({
    code: 'output-not-writable',
    message: `The folder ${output} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    fix: 'Make it writable, or choose another folder: --output=<folder>',
    exitCode: 2,
    cause,
  });

/** Of a disk on which there is not even room for what is known to come. */
export const tooLittleRoom = (folder: string, needed: number, free: number): D1Error =>
  new D1Error({
    code: 'disk-full',
    message: `The archive needs about ${sizeWords(needed)}, and ${folder} has ${sizeWords(free)} free.`,
    fix: MAKE_ROOM,
  });
