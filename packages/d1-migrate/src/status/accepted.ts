import { isAfter, type MigrationFile } from 'd1-core/migrations';

/**
 * The migrations whose numbers and names are taken as they are: those up to `startAfter`. An old history cannot be
 * renamed any more, because the names are in databases.
 */
export function acceptedNames(
  files: readonly MigrationFile[],
  startAfter: string | undefined,
): ReadonlySet<string> {
  if (startAfter === undefined) return new Set();
  const isJudged = isAfter(startAfter, files);
  return new Set(files.filter((file) => !isJudged(file)).map(({ name }) => name));
}
