import { D1Error, nearest } from '../errors/index.ts';

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

/** Whether somebody means this migration: by its name, by its name without `.sql`, or by its number; a date is none. */
export const isCalled = (name: string, wanted: string): boolean =>
  name === wanted ||
  name === `${wanted}.sql` ||
  (/^\d+$/.test(wanted) && !isDated(name) && Number.parseInt(name, 10) === Number(wanted));

/** The last migration that is called so. Throws D1Error `unknown-migration`, whose fix writes `option` before a name. */
export function findMigration<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  wanted: string,
  option = '',
): Item {
  const found = items.findLast((item) => isCalled(nameOf(item), wanted));
  if (found !== undefined) return found;
  const names = items.map(nameOf);
  const meant = nearest(wanted, [...names, ...names.map((name) => name.replace(/\.sql$/, ''))]);
  throw new D1Error({
    code: 'unknown-migration',
    message: `There is no migration "${wanted}".`,
    fix: meant === undefined ? 'Give the number or the name of a file.' : `Did you mean ${option}${meant}?`,
    exitCode: 2,
  });
}

/** Four digits, more where the number needs them: `0005`. */
export const formatNumber = (number: number, width = 4): string => String(number).padStart(width, '0');

/** Begins with a date: wrangler takes its year for the number, and all of a year have the same. */
export const isDated = (name: string): boolean => /^(?:19|20)\d{2}([-_.])\d{2}\1\d{2}(?!\d)/.test(name);

/**
 * The name of a migration under another number: `x.sql` and `7_x.sql` become `0005_x.sql`. A date is no number, and stays:
 * `2024-01-13-x.sql` becomes `0005_2024_01_13_x.sql`.
 */
export function nameWithNumber(name: string, number: number): string {
  const whole = name.replace(/\.sql$/i, '');
  const description = isDated(name)
    ? whole.replaceAll(/[-.\s]+/g, '_')
    : (parseMigrationName(name)?.description ??
      whole.replace(/^\W*\d+(?![^\W_])/, '').replace(/^[\W_]+/, ''));
  return `${formatNumber(number)}_${description || 'migration'}.sql`;
}

/** One more than the highest number, like `wrangler d1 migrations create`. Names without a number do not count. */
export function nextNumber(names: readonly string[]): number {
  const numbers = names
    .map((name) => Number.parseInt(name, 10))
    .filter((number) => Number.isSafeInteger(number));
  return Math.max(0, ...numbers) + 1;
}

/**
 * The migration that a file seems to undo: `x.down.sql` reads like a rollback script, and so does `x_down.sql` beside
 * `x.sql`. wrangler applies both as migrations.
 */
export function undoneMigration(name: string, names: readonly string[]): string | undefined {
  const dotted = name.replace(/\.(down|rollback|undo)\.sql$/i, '.sql');
  if (dotted !== name) return dotted;
  const joined = name.replace(/[_-](down|rollback|undo|revert)\.sql$/i, '.sql');
  return joined !== name && names.includes(joined) ? joined : undefined;
}
