import { D1Error, nearest } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';

/**
 * The migrations whose numbers and names are taken as they are: those up to `startAfter`, in wrangler's order. An old
 * history cannot be renamed any more, because the names are in databases.
 */
export function acceptedNames(
  files: readonly MigrationFile[],
  startAfter: string | undefined,
): ReadonlySet<string> {
  if (startAfter === undefined) return new Set();
  const names = files.map(({ name }) => name);
  const last = names.indexOf(startAfter);
  if (last === -1) throw unknownMigration(startAfter, names);
  return new Set(names.slice(0, last + 1));
}

function unknownMigration(startAfter: string, names: readonly string[]): D1Error {
  const meant = nearest(startAfter, names) ?? names.find((name) => name.startsWith(startAfter));
  return new D1Error({
    code: 'unknown-migration',
    message: `startAfter names ${startAfter}, and there is no such migration in the folder.`,
    fix:
      meant === undefined
        ? 'Write the whole name of a file in the migrations folder.'
        : `Write "startAfter": "${meant}".`,
    exitCode: 2,
  });
}
