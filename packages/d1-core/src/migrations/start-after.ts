import { D1Error, nearest } from '../errors/index.ts';
import type { MigrationFile } from './list-migrations.ts';
import { isCalled } from './names.ts';

/**
 * Tells the migrations behind `startAfter` from the old history. A number is compared with numbers, a name must be
 * there. Throws D1Error `unknown-start-after`.
 */
export function isAfter(
  startAfter: string | undefined,
  files: readonly Pick<MigrationFile, 'name' | 'number'>[],
): (file: Pick<MigrationFile, 'name' | 'number'>) => boolean {
  if (startAfter === undefined) return () => true;
  if (/^\d+$/.test(startAfter)) {
    const last = Number(startAfter);
    return ({ number }) => number === undefined || number > last;
  }
  const names = files.map(({ name }) => name);
  const index = names.findIndex((name) => isCalled(name, startAfter));
  if (index < 0) {
    const meant = nearest(startAfter, names);
    throw new D1Error({
      code: 'unknown-start-after',
      message: `There is no migration "${startAfter}", which startAfter names.`,
      fix:
        meant === undefined
          ? 'Write its number, such as "0042", or its file name.'
          : `Did you mean "${meant}"?`,
      exitCode: 2,
    });
  }
  const after = new Set(names.slice(index + 1));
  return ({ name }) => after.has(name);
}
