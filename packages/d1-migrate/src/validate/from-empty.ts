import type { Engine } from 'd1-core/database';
import type { MigrationStep } from '../replay/index.ts';
import { firstFailure } from '../explain/index.ts';
import type { Problem } from './problem.ts';

export interface FromEmpty {
  /** How many migrations ran, from the first. */
  readonly applied: number;
  readonly problems: readonly Problem[];
}

/** Migrations in one call. */
const PER_CALL = 20;

/** Applies the migrations to an empty database, each as one transaction, up to the first that fails. */
export async function applyFromEmpty(
  engine: Engine,
  binding: string,
  steps: readonly MigrationStep[],
): Promise<FromEmpty> {
  const texts = steps.map(({ statements }) => statements.map(({ text }) => text));
  for (let from = 0; from < steps.length; from += PER_CALL) {
    const { committed, error } = await engine.transactions(binding, texts.slice(from, from + PER_CALL));
    const applied = from + committed.length;
    const failed = steps[applied];
    if (error === undefined || failed === undefined) continue;
    const at = await firstFailure((statements) => engine.batch(binding, statements), texts[applied] ?? []);
    const rest = steps.length - applied - 1;
    return {
      applied,
      problems: [
        {
          severity: 'error',
          code: 'fails-from-empty',
          message: `It fails on a database that has only the migrations before it: ${error.message}.${rest > 0 ? ` The ${rest} behind it were not run.` : ''}`,
          fix: 'Correct it if it is applied nowhere yet; else "nx g d1-migrate:adopt" makes a new start from the live schema.',
          file: failed.file.path,
          line: at === undefined ? undefined : failed.statements[at.index]?.line,
        },
      ],
    };
  }
  return { applied: steps.length, problems: [] };
}
