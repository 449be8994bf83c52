import { D1Error } from 'd1-core/errors';

/** Photos at a time, where nothing else is said. */
export const CONCURRENCY = 16;

/** The options that leave a part of an archive out. */
export interface PartsOptions {
  readonly databaseOnly?: boolean | undefined;
  readonly photosOnly?: boolean | undefined;
}

/** Which parts are meant. `work` is what is done with them, for the error. Throws D1Error `contradicting-options`. */
export function readParts(
  { databaseOnly, photosOnly }: PartsOptions,
  work: 'save' | 'restore',
): 'all' | 'database' | 'photos' {
  if (databaseOnly === true && photosOnly === true) {
    throw new D1Error({
      code: 'contradicting-options',
      message: '--databaseOnly and --photosOnly exclude each other.',
      fix: `Leave both away to ${work} all.`,
      exitCode: 2,
    });
  }
  if (databaseOnly === true) return 'database';
  return photosOnly === true ? 'photos' : 'all';
}
