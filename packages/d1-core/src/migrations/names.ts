/** The parts of a migration's name. */
export interface MigrationName {
  readonly number: number;
  /** The number as it is written, leading zeros included. */
  readonly digits: string;
  /** What stands between the number and `.sql`, for example `add_photos`. */
  readonly description: string;
}

/** Takes `0005_add_photos.sql` apart. Undefined for a name that is not number, underscore, description, `.sql`. */
export function parseMigrationName(name: string): MigrationName | undefined {
  const [, digits, description] = /^(\d+)_(.+)\.sql$/.exec(name) ?? [];
  if (digits === undefined || description === undefined) return undefined;
  return { number: Number(digits), digits, description };
}

/** Four digits, more where the number needs them: `0005`. */
export const formatNumber = (number: number, width = 4): string => String(number).padStart(width, '0');

/** The name of a migration under another number: `x.sql` and `7_x.sql` become `0005_x.sql`. */
export function nameWithNumber(name: string, number: number): string {
  const rest = name.replace(/\.sql$/i, '').replace(/^[\d\W_]*/, '');
  return `${formatNumber(number)}_${parseMigrationName(name)?.description ?? (rest || 'migration')}.sql`;
}

/** One more than the highest number, like `wrangler d1 migrations create`. Names without a number do not count. */
export function nextNumber(names: readonly string[]): number {
  const numbers = names
    .map((name) => Number.parseInt(name, 10))
    .filter((number) => Number.isSafeInteger(number));
  return Math.max(0, ...numbers) + 1;
}

/** `x.down.sql` and `x.rollback.sql` read like rollback scripts, but wrangler applies them as migrations. */
export const isRollbackLookalike = (name: string): boolean => /\.(down|rollback|undo)\.sql$/i.test(name);
