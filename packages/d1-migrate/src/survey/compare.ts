import { appliedTexts, takenOutOfHistory, type DatabaseState } from 'd1-core/records';
import type { Checksums, MigrationFile } from 'd1-core/migrations';

/**
 * The state of a migration in a database:
 * - `applied`, `pending`: the file is there, and in the history or not.
 * - `modified`: applied, but its SQL has changed since; comments, white space and line ends do not count.
 * - `missing`: applied by us, but the file is gone.
 * - `unknown`: in the history, and nobody knows what was applied: there is neither a file nor a row in the journal; or a
 *   run was cut off that was about to apply another text than the file has now.
 */
export type MigrationState = 'applied' | 'pending' | 'modified' | 'missing' | 'unknown';

export interface MigrationStatus {
  /** The name in wrangler's history. */
  readonly name: string;
  readonly state: MigrationState;
  /** UTC, `YYYY-MM-DD HH:MM:SS`; null while pending. */
  readonly appliedAt: string | null;
  /** Pending, but with a lower number than one that is applied: wrangler applies it without a word. */
  readonly outOfOrder: boolean;
  /** Another migration has the same number. */
  readonly duplicateNumber: boolean;
  /** Pending, with the SQL of this migration that is applied and whose file is gone: it would run twice. */
  readonly renamedFrom: string | null;
  /** Pending, but applied by the journal: its row was taken out of the history, and it would run a second time. */
  readonly appliedBefore: boolean;
  /** Whether the journal has its checksum, so that a change would be seen. */
  readonly inJournal: boolean;
}

/** The checksums of a file, by its name in the history. */
export type ChecksumsOf = (name: string) => Checksums;

/**
 * Sets the files against what the database says. Files come first, in their order; then what only the history has. The
 * numbers of accepted files are taken as they are.
 */
export function compareMigrations(
  files: readonly MigrationFile[],
  database: DatabaseState,
  checksumsOf: ChecksumsOf,
  accepted: ReadonlySet<string> = new Set(),
): readonly MigrationStatus[] {
  const { history } = database;
  const applied = new Map(history.map(({ name, appliedAt }) => [name, appliedAt]));
  const recorded = appliedTexts(database);
  const takenOut = takenOutOfHistory(database);
  const fileNames = new Set(files.map(({ name }) => name));
  const gone = history.filter(({ name }) => !fileNames.has(name));
  const numbers = countNumbers(files);
  const judged = (name: string) => !accepted.has(name);
  const highestApplied = Math.max(
    ...files.filter(({ name }) => applied.has(name)).map(({ number }) => number ?? -Infinity),
  );

  const ofFiles = files.map(({ name, number }): MigrationStatus => {
    const appliedAt = applied.get(name) ?? null;
    const checksum = recorded.get(name);
    const modified = checksum !== undefined && isModified(checksum, checksumsOf(name));
    const changed = checksum?.certain === true ? 'modified' : 'unknown';
    return {
      name,
      state: appliedAt === null ? 'pending' : modified ? changed : 'applied',
      appliedAt,
      outOfOrder: judged(name) && appliedAt === null && number !== undefined && number < highestApplied,
      duplicateNumber: judged(name) && number !== undefined && (numbers.get(number) ?? 0) > 1,
      renamedFrom:
        appliedAt === null
          ? (gone.find((other) => recorded.get(other.name)?.tokens === checksumsOf(name).tokens)?.name ??
            null)
          : null,
      appliedBefore: takenOut.has(name),
      inJournal: checksum !== undefined,
    };
  });

  const ofHistory = gone.map(({ name, appliedAt }): MigrationStatus => {
    const inJournal = recorded.has(name);
    return {
      name,
      state: inJournal ? 'missing' : 'unknown',
      appliedAt,
      outOfOrder: false,
      duplicateNumber: false,
      renamedFrom: null,
      appliedBefore: false,
      inJournal,
    };
  });
  return [...ofFiles, ...ofHistory];
}

/** The raw checksum saves the work of tokenizing: equal bytes are equal tokens. */
const isModified = (then: Checksums, now: Checksums): boolean =>
  then.raw !== now.raw && then.tokens !== now.tokens;

function countNumbers(files: readonly MigrationFile[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { number } of files) {
    if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

/** Whether a migration is as it should be: applied unchanged, or waiting its turn. */
export const isConsistent = (status: MigrationStatus): boolean =>
  (status.state === 'applied' || status.state === 'pending') &&
  !status.outOfOrder &&
  !status.duplicateNumber &&
  status.renamedFrom === null &&
  !status.appliedBefore;
