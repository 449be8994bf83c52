import { path, pathOrName } from 'd1-core/command';
import { DEFAULT_OUTPUT } from '../place.ts';

const identity = path('A file with age identities for encrypted archives');

/** Where archives are kept. */
export const shelfOptions = {
  archives: path('Where archives are kept: s3://<bucket>/<prefix>, or a folder', {
    more: `Default: ${DEFAULT_OUTPUT}.`,
    priority: 'important',
  }),
  identity,
};

/** The one archive that is meant. */
export const archiveOptions = {
  archive: pathOrName(
    'The archive: a path, s3://<bucket>/<name>, or of those in archives a name, latest, latest:proved or a day such as 2026-01-31. Default: the latest of the environment.',
    { priority: 'important', isPositional: true },
  ),
  signer: path('A public key of minisign: an archive that was not signed with its secret one is refused'),
  ...shelfOptions,
};
