import { D1Error, nearest } from 'd1-core/errors';
import type { AppliedMigration } from 'd1-core/history';
import { isCalled } from 'd1-core/migrations';

export interface Selection {
  /** How many; 1 where neither is given. */
  readonly steps?: number | undefined;
  /** The number or name of the migration that stays the last one; `0` for none. */
  readonly to?: string | undefined;
}

/** The migrations to take back, the last applied one first. Throws what is wrong with the selection. */
export function selectMigrations(
  history: readonly AppliedMigration[],
  { steps, to }: Selection,
): readonly string[] {
  const names = history.map(({ name }) => name).reverse();
  if (steps !== undefined && to !== undefined) {
    throw wrong('--steps and --to say the same thing in two ways.', 'Give one of them.');
  }
  if (to === undefined) {
    const count = steps ?? 1;
    if (!Number.isInteger(count) || count < 1)
      throw wrong(`--steps=${count} is no number of migrations.`, '1 or more.');
    if (count > names.length && steps !== undefined) {
      throw wrong(
        `--steps=${count} is more than is applied.`,
        `${names.length} can be taken back: --to=0 takes all.`,
      );
    }
    return names.slice(0, count);
  }
  if (/^0+$/.test(to)) return names;
  const at = names.findIndex((name) => isCalled(name, to));
  if (at >= 0) return names.slice(0, at);
  const meant = nearest(to, names);
  throw wrong(
    `The migration "${to}" is not applied here.`,
    meant === undefined ? `Applied: ${names.join(', ') || 'none'}.` : `Did you mean --to=${meant}?`,
  );
}

const wrong = (message: string, fix: string): D1Error =>
  new D1Error({ code: 'wrong-selection', message, fix, exitCode: 2 });
