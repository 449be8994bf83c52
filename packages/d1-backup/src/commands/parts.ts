import { D1Error } from 'd1-core/errors';

/** The options that leave a part of an archive out. */
export interface PartsOptions {
  readonly databaseOnly: boolean;
  readonly photosOnly: boolean;
}

/** Which parts are meant. `work` is what is done with them, for the error. Throws D1Error `contradicting-options`. */
export function readParts(
  { databaseOnly, photosOnly }: PartsOptions,
  work: 'save' | 'restore',
): 'all' | 'database' | 'photos' {
  if (databaseOnly && photosOnly) {
    throw new D1Error({
      code: 'contradicting-options',
      message: '--databaseOnly and --photosOnly exclude each other.',
      fix: `Leave both away to ${work} all.`,
      exitCode: 2,
    });
  }
  if (databaseOnly) return 'database';
  return photosOnly ? 'photos' : 'all';
}
