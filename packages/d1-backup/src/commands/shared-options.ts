import { path } from 'd1-core/command';
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
  archive: path('The archive', {
    more: 'Default: the newest of the folder that archives names.',
    priority: 'important',
    isPositional: true,
  }),
  archives: path('The folder whose newest archive is meant, where none is named', {
    more: `Default: ${DEFAULT_OUTPUT}.`,
  }),
  identity,
};
