import type { D1, Row } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import {
  analyseMigrations,
  countStatements,
  lossesBetween,
  planLosses,
  readCounts,
  type RowLoss,
} from '../loss/index.ts';
import { surveySchema, type Survey } from '../status/index.ts';

/** The answers to statements of one call; undefined where they could not be read together with the rest. */
export type Answers = readonly (readonly Row[])[] | undefined;

/** Counts the rows that may go, before and after migrations are applied to the real database. */
export interface RowGuard {
  /** Counts what is there before; empty when nothing is at risk. */
  readonly before: readonly string[];
  /** Counts the same rows when all migrations are applied. */
  readonly after: readonly string[];
  /** What was lost by the migrations that were applied. Asks once more where they are not all, or no answer came. */
  losses(d1: D1, applied: ReadonlySet<string>, before: Answers, after: Answers): Promise<readonly RowLoss[]>;
}

const NO_GUARD: RowGuard = { before: [], after: [], losses: async () => [] };

/** Plans the counting. Costs nothing where no statement drops, rebuilds or deletes anything. */
export async function guardRows(survey: Survey, pending: readonly MigrationFile[]): Promise<RowGuard> {
  const migrations = await analyseMigrations(pending);
  if (!migrations.some(({ destructive }) => destructive) || survey.state.catalog.length === 0)
    return NO_GUARD;
  const schema = await surveySchema(survey);
  const plan = planLosses(schema, migrations);
  return {
    before: countStatements(plan, plan.before),
    after: countStatements(plan, plan.after),
    async losses(d1, applied, before, after) {
      if (before === undefined || plan.tables.length === 0) return [];
      const done = migrations.filter(({ file }) => applied.has(file.name));
      if (done.length === 0) return [];
      const then = done.length === migrations.length ? plan.after : planLosses(schema, done).after;
      const answers = done.length === migrations.length ? after : undefined;
      const counted = answers ?? (await countAgain(d1, countStatements(plan, then)));
      if (counted === undefined) return [];
      return lossesBetween(plan, readCounts(plan, plan.before, before), readCounts(plan, then, counted));
    },
  };
}

/** Undefined when a table is not where the statements should have left it: then nothing is known of its rows. */
async function countAgain(d1: D1, statements: readonly string[]): Promise<Answers> {
  try {
    return await d1.batch(statements);
  } catch (error) {
    if (isD1Error(error)) return undefined;
    throw error;
  }
}
