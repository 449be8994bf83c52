import type { Tokenize } from 'd1-core/sql';
import type { RollbackClass, Loss } from 'd1-core/migrations';
import { inverseStatements } from './inverse-statements.ts';
import { traceLineage, type DataChange } from './lineage.ts';
import { lossesOf } from './losses.ts';
import type { MigrationStep } from './replay-migrations.ts';

/** The way back from a migration. */
export interface Inversion {
  readonly class: RollbackClass;
  /** Without semicolons; none where the class is `irreversible`. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Why there is no way back, statement by statement. */
  readonly reasons: readonly DataChange[];
  /** Tables, by their names before the migration, in which rows stay that it may have added. */
  readonly kept: readonly string[];
}

/** Finds the statements that undo a migration, from the schema before and after it and from what it says itself. */
export async function invert(step: MigrationStep, tokenize: Tokenize): Promise<Inversion> {
  const { before, after, statements } = step;
  const lineage = traceLineage(before, statements, tokenize);
  const { kept, changes } = lineage;
  if (changes.length > 0) return irreversible(changes, kept);
  try {
    const losses = await lossesOf(before, after, lineage, tokenize);
    return {
      class: losses.length > 0 || kept.length > 0 ? 'schema-only' : 'exact',
      statements: await inverseStatements({ before, after, lineage, tokenize }),
      losses,
      reasons: [],
      kept,
    };
  } catch (error) {
    const what = `no way back was found: ${error instanceof Error ? error.message : String(error)}`;
    return irreversible([{ line: statements[0]?.line ?? 1, what }], kept);
  }
}

const irreversible = (reasons: readonly DataChange[], kept: readonly string[]): Inversion => ({
  class: 'irreversible',
  statements: [],
  losses: [],
  reasons,
  kept,
});
