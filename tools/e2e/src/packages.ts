import { join } from 'node:path';

export const REPOSITORY = join(import.meta.dirname, '../../..');

/** What is published, in the order in which it is. */
export const PACKAGES = ['d1-lint', 'd1-queries', 'd1-migrate', 'd1-backup', 'd1-fleet'] as const;

/** The wrangler of a new workspace: the newest that this repository is tested with. */
export const WRANGLER = '4.156.0';
