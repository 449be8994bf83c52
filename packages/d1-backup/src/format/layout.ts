/** The entries of an archive that are not objects; objects lie below `photos/originals/` and `photos/thumbnails/`. */
export const ENTRIES = {
  database: 'database.sql',
  migrations: 'migration_state.json',
  metadata: 'metadata.json',
  manifest: 'manifest.ndjson',
  signature: 'metadata.json.minisig',
  readme: 'README.md',
} as const;

/** What an archive is called until it is whole. */
export const PARTIAL = '.partial';

const NAME = /^backup-(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)(?:\.[\w-]+){0,2}\.zip(?:\.age)?$/;

/**
 * `backup-YYYY-MM-DD-HHMMSS.<environment>.<database>.zip`, the time in UTC. `of` has the names of both, in which all but
 * letters and digits of ASCII becomes a dash: the name is for people, and the metadata tells what it is of.
 */
export function archiveName(time: Date, of: readonly string[] = []): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const words = of.map((word) => `.${word.slice(0, 60).replaceAll(/[^\w-]/g, '-')}`).join('');
  return `backup-${date}-${clock.slice(0, 8).replaceAll(':', '')}${words}.zip`;
}

/** When an archive was begun, by its name; undefined for what is no name of an archive. */
export function archiveTime(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
