import {
  formatNumber,
  isDated,
  nameWithNumber,
  nextNumber,
  undoneMigration,
  type MigrationFile,
} from 'd1-core/migrations';

export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** Files that stay as they are although something is wrong with their numbers. */
export interface Kept {
  readonly files: readonly string[];
  readonly reason: string;
}

export interface RenumberingPlan {
  readonly renames: readonly Rename[];
  readonly kept: readonly Kept[];
}

/**
 * Plans new names for migrations that are applied nowhere, so that every number is there once, without a gap, and
 * what is pending comes after what is applied. Among themselves the pending ones keep their order.
 *
 * An applied file is never renamed: wrangler knows it by its name alone, and would apply it again.
 *
 * @param files in the order in which wrangler applies them
 * @param appliedNames what any environment has in its history, also names that are not in the folder
 */
export function planRenumbering(
  files: readonly MigrationFile[],
  appliedNames: ReadonlySet<string>,
): RenumberingPlan {
  const applied = files.filter(({ name }) => appliedNames.has(name));
  const pending = files.filter(({ name }) => !appliedNames.has(name));
  const names = files.map(({ name }) => name);
  const movable = pending.filter((file) => reasonToLeave(file, names) === undefined);

  let number = firstNumber(applied, movable);
  const renames = movable.flatMap(({ name }) => {
    let to = nameWithNumber(name, number++);
    // A name that some history holds would count as applied, and never run.
    while (appliedNames.has(to)) to = nameWithNumber(name, number++);
    return to === name ? [] : [{ from: name, to }];
  });
  return {
    renames,
    kept: [
      ...pending.flatMap((file) => leave(file, names)),
      ...appliedDuplicates(applied),
      ...appliedGaps(applied),
    ],
  };
}

/** After what is applied; in a folder of which nothing is applied, where it begins today. */
function firstNumber(applied: readonly MigrationFile[], movable: readonly MigrationFile[]): number {
  if (applied.length > 0) return nextNumber(applied.map(({ name }) => name));
  const numbers = movable.flatMap(({ name, number }) =>
    number === undefined || number < 0 || isDated(name) ? [] : [number],
  );
  return numbers.length === 0 ? 1 : Math.min(...numbers);
}

function reasonToLeave({ name }: MigrationFile, names: readonly string[]): string | undefined {
  if (undoneMigration(name, names) !== undefined)
    return 'it reads like a rollback script, which belongs in the folder rollback and has no number of its own';
  if (name.includes('/'))
    return 'its number is the name of its folder, which the tool that made it keeps track of';
  return name.startsWith('.') ? 'it is hidden: delete it or give it a visible name first' : undefined;
}

function leave(file: MigrationFile, names: readonly string[]): readonly Kept[] {
  const reason = reasonToLeave(file, names);
  return reason === undefined ? [] : [{ files: [file.name], reason }];
}

function appliedDuplicates(applied: readonly MigrationFile[]): readonly Kept[] {
  const numbers = new Set(applied.map(({ number }) => number));
  return [...numbers].flatMap((number) => {
    const files = applied.filter((file) => file.number === number).map(({ name }) => name);
    if (number === undefined || files.length === 1) return [];
    const reason = `they share the number ${formatNumber(number)}, and all are applied: under a new name wrangler would apply them again`;
    return [{ files, reason }];
  });
}

function appliedGaps(applied: readonly MigrationFile[]): readonly Kept[] {
  const ordered = applied
    .flatMap(({ name, number }) => (number === undefined || number > 9999 ? [] : [{ name, number }]))
    .sort((a, b) => a.number - b.number);
  return ordered.flatMap(({ name, number }, index) => {
    const before = ordered[index - 1];
    if (before === undefined || number - before.number <= 1) return [];
    const reason = 'numbers are missing between them, and both are applied: the gap stays';
    return [{ files: [before.name, name], reason }];
  });
}
