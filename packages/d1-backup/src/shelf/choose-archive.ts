import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { archiveTime } from '../format/index.ts';
import { DEFAULT_OUTPUT, isAddress } from '../place.ts';

/** The path of the archive in a folder that was begun last, by its name. Throws D1Error `no-archive`. */
export async function newestArchive(folder: string): Promise<string> {
  const names = await readdir(folder).catch((): string[] => []);
  const [newest] = names
    .flatMap((name) => {
      const time = archiveTime(name);
      return time === undefined ? [] : [{ name, time: time.getTime() }];
    })
    .sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1));
  if (newest !== undefined) return join(folder, newest.name);
  throw new D1Error({
    code: 'no-archive',
    message: `There is no archive in ${folder}.`,
    fix: 'Make one with the target "backup", or name one: --archive=<file>',
    exitCode: 2,
  });
}

/** The options that name an archive. */
export interface ArchiveChoice {
  /** Relative to the workspace root. */
  readonly archive?: string | undefined;
  /** The folder whose newest archive is meant where none is named. */
  readonly archives?: string | undefined;
}

/** The path of the archive that is meant. Throws D1Error `no-archive`, and `not-here` for one in a bucket. */
export async function chooseArchive(
  { archive, archives = DEFAULT_OUTPUT }: ArchiveChoice,
  workspaceRoot: string,
): Promise<string> {
  const place = archive ?? archives;
  if (isAddress(place)) throw notHere(place);
  return archive === undefined
    ? newestArchive(resolve(workspaceRoot, archives))
    : resolve(workspaceRoot, archive);
}

const notHere = (place: string): D1Error =>
  new D1Error({
    code: 'not-here',
    message: `${place} is not on this machine, and only an archive that is can be read.`,
    fix: 'Download it first, for example with "npx wrangler r2 object get --remote", and name the file: --archive=<file>',
    notes: ['"backup-list" shows what is in a bucket.'],
    exitCode: 2,
  });
