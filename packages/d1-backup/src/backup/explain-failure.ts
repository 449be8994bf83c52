import { commandLine } from 'd1-core/door';
import { D1Error, explainFileError, isD1Error, isDiskFull, systemCodeOf } from 'd1-core/errors';
import { plural } from 'd1-core/report';
import { sizeWords } from '../words.ts';
import type { BackupRequest } from './request.ts';

/** What is wrong with the output folder itself, rather than with a file in it. */
const NOT_WRITABLE: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EROFS',
  'EPERM',
  'ENOTDIR',
  'EEXIST',
  'ENOENT',
]);

/** The file that an error speaks of, if it does. */
const fileOf = (error: unknown): string | undefined =>
  (isD1Error(error) ? error : explainFileError(error))?.location?.file;

/** Said wherever a backup fails. */
const UNHARMED = 'No archive was made. Earlier archives are as they were.';

/** What a backup failed with, as an error for the reader; `kept` objects are there for the next run. */
export function explainFailure(
  error: unknown,
  { output, signal, recipients }: Pick<BackupRequest, 'output' | 'signal' | 'recipients'>,
  kept = 0,
): unknown {
  const notes = [
    UNHARMED,
    ...(kept === 0
      ? []
      : [`${plural(kept, 'object')} that came are kept in ${output}; --resume continues from there.`]),
  ];
  if (signal?.aborted === true) return interrupted(notes, recipients.length > 0, error);
  const file = fileOf(error);
  const isOfOutput = file === undefined || file.startsWith(output);
  if (isDiskFull(error) && isOfOutput) return diskFull(output, notes, error);
  if (NOT_WRITABLE.has(systemCodeOf(error)) && file?.startsWith(output) === true)
    return notWritable(output, error);
  const said = explainFileError(error) ?? error;
  if (!isD1Error(said)) return said;
  const { code, message, fix, location, exitCode } = said;
  return new D1Error({
    code,
    message,
    fix,
    location,
    exitCode,
    notes: [...said.notes, ...notes.filter((note) => !said.notes.includes(note))],
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
    message: `There is no more room in ${output}${reasonOf(cause)}.`,
    fix: makeRoom(),
    notes,
    cause,
  });

const reasonOf = (cause: unknown): string => {
  const code = systemCodeOf(cause);
  return code === undefined ? '' : ` (${code})`;
};

const makeRoom = (): string =>
  `Make room, for example with "${commandLine('d1-backup:prune', '--keepLast=<number>')}", or choose another folder: --output=<folder>`;

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
    fix: makeRoom(),
  });
