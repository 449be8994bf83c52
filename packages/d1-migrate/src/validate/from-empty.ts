import type { Engine } from 'd1-core/database';
import type { MigrationStep } from '../invert/index.ts';
import { firstFailure } from '../prove/index.ts';
import type { Problem } from './problem.ts';

export interface FromEmpty {
  /** How many migrations ran, from the first. */
  readonly applied: number;
  readonly problems: readonly Problem[];
}

/** Applies the migrations to an empty database, each as one transaction, up to the first that fails. */
export async function applyFromEmpty(
  engine: Engine,
  binding: string,
  steps: readonly MigrationStep[],
): Promise<FromEmpty> {
  for (const [applied, { file, statements }] of steps.entries()) {
    const texts = statements.map(({ text }) => text);
    try {
      await engine.batch(binding, texts);
    } catch (error) {
      const at = await firstFailure(engine, binding, texts);
      const rest = steps.length - applied - 1;
      return {
        applied,
        problems: [
          {
            severity: 'error',
            code: 'fails-from-empty',
            message: `It fails on a database that has only the migrations before it: ${error instanceof Error ? error.message : String(error)}.${rest > 0 ? ` The ${rest} behind it were not run.` : ''}`,
            fix: 'Correct it if it is applied nowhere yet; else "nx g d1-migrate:adopt" makes a new start from the live schema.',
            file: file.path,
            line: at === undefined ? undefined : statements[at]?.line,
          },
        ],
      };
    }
  }
  return { applied: steps.length, problems: [] };
}
