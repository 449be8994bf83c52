import { path } from 'd1-core/command';
import { DEFAULT_OUTPUT } from '../place.ts';

const identity = path('A file with age identities for encrypted archives');

/** The place whose archives are meant. */
export const shelfOptions = {
  output: path('Where archives are kept: s3://<bucket>/<prefix>, or a folder', {
    more: `Default: ${DEFAULT_OUTPUT}.`,
    priority: 'important',
  }),
  identity,
};

/** The one archive that is meant. */
export const archiveOptions = {
  archive: path('The archive', {
    more: 'Default: the newest of the folder that output names.',
    priority: 'important',
    isPositional: true,
  }),
  output: path('The folder in which the newest archive is looked for', {
    more: `Default: ${DEFAULT_OUTPUT}.`,
  }),
  identity,
};
