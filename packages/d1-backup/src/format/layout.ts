/** The entries of an archive that are not objects; objects lie below `photos/originals/` and `photos/thumbnails/`. */
export const ENTRIES = {
  database: 'database.sql',
  migrations: 'migration_state.json',
  metadata: 'metadata.json',
  readme: 'README.md',
} as const;

/** What an archive is called until it is whole. */
export const PARTIAL = '.partial';

const NAME = /^backup-(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)\.zip(?:\.age)?$/;

/** `backup-YYYY-MM-DD-HHMMSS.zip`, in UTC. */
export function archiveName(time: Date): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  return `backup-${date}-${clock.slice(0, 8).replaceAll(':', '')}.zip`;
}

/** When an archive was begun, by its name; undefined for what is no name of an archive. */
export function archiveTime(name: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (year === undefined) return undefined;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
