import { resolve } from 'node:path';
import { D1Error } from 'd1-core/errors';
import { newestArchive } from './newest-archive.ts';
import { DEFAULT_OUTPUT, isAddress } from './place.ts';

/** The options that name an archive. */
export interface ArchiveChoice {
  /** Relative to the workspace root. */
  readonly archive?: string | undefined;
  /** The folder whose newest archive is meant where none is named. */
  readonly output?: string | undefined;
}

/** The path of the archive that is meant. Throws D1Error `no-archive`, and `not-here` for one in a bucket. */
export async function chooseArchive(
  { archive, output = DEFAULT_OUTPUT }: ArchiveChoice,
  workspaceRoot: string,
): Promise<string> {
  const place = archive ?? output;
  if (isAddress(place)) throw notHere(place);
  return archive === undefined
    ? newestArchive(resolve(workspaceRoot, output))
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
