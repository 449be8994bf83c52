/** The folder of the workspace that archives are kept in when nothing else is said. */
export const DEFAULT_OUTPUT = 'backups';

/** Whether a place is an address such as `s3://bucket`, not a path. `C:\` is a path. */
export const isAddress = (place: string): boolean => /^[a-z0-9]{2,}:\/\//i.test(place);
