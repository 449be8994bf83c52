/** The options that leave a part of an archive out. */
export interface PartsOptions {
  readonly databaseOnly: boolean;
  readonly photosOnly: boolean;
}

/** Which parts are meant. */
export function readParts({ databaseOnly, photosOnly }: PartsOptions): 'all' | 'database' | 'photos' {
  if (databaseOnly) return 'database';
  return photosOnly ? 'photos' : 'all';
}
