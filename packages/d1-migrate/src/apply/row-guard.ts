import type { D1, Row } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import { analyseMigrations, isUnannounced, type Loss } from 'd1-core/loss';
import {
  countStatements,
  lossesBetween,
  planLosses,
  readCounts,
  unplannedLosses,
  type Planned,
} from '../loss/index.ts';
import { surveySchema, type Survey } from '../survey/index.ts';

/** The answers to statements of one call; undefined where they could not be read together with the rest. */
export type Answers = readonly (readonly Row[])[] | undefined;

/** Counts the rows that may go, before and after migrations are applied to the real database. */
export interface RowGuard {
  /** Counts what is there before; empty when nothing is at risk. */
  readonly before: readonly string[];
  /** Counts the same rows when all migrations are applied. */
  readonly after: readonly string[];
  /** What was lost by the migrations that were applied. Asks once more where they are not all, or no answer came. */
  losses(d1: D1, applied: ReadonlySet<string>, before: Answers, after: Answers): Promise<readonly Loss[]>;
}

/** Of a local database every row is compared with its snapshot. */
export const NO_GUARD: RowGuard = { before: [], after: [], losses: async () => [] };

/** What a rehearsal of the same migrations saw. */
export interface Rehearsed extends Planned {
  /** The tables whose content it saw change. */
  readonly changed: readonly string[];
  /** Only one on the data of the database itself says how many rows there have to be. */
  readonly source: { readonly kind: 'database' | 'file' };
}

/**
 * Plans the counting. Costs nothing where nothing can be lost. Where the migrations were rehearsed, the rows have to change
 * by as many as then.
 */
export async function guardRows(
  survey: Survey,
  pending: readonly MigrationFile[],
  rehearsed: Rehearsed | undefined,
): Promise<RowGuard> {
  if (survey.state.catalog.length === 0) return NO_GUARD;
  const migrations = await analyseMigrations(pending);
  const schema = await surveySchema(survey);
  const plan = planLosses(schema, migrations, rehearsed?.changed);
  if (plan.tables.length === 0) return NO_GUARD;
  return {
    before: countStatements(plan, plan.before),
    after: countStatements(plan, plan.after),
    async losses(d1, applied, before, after) {
      if (before === undefined) return [];
      const done = migrations.filter(({ file }) => applied.has(file.name));
      if (done.length === 0) return [];
      const isAll = done.length === migrations.length;
      const { after: then, announced } = isAll ? plan : planLosses(schema, done, rehearsed?.changed);
      const counted = (isAll ? after : undefined) ?? (await countAgain(d1, countStatements(plan, then)));
      if (counted === undefined) return [];
      const [was, is] = [readCounts(plan, plan.before, before), readCounts(plan, then, counted)];
      const losses = lossesBetween(announced, was, is);
      if (!isAll || rehearsed?.source.kind !== 'database') return losses;
      const found = new Set(losses.filter(isUnannounced).map(({ table }) => table));
      const unplanned = unplannedLosses(rehearsed, was, is).filter(({ table }) => !found.has(table));
      return [...losses, ...unplanned];
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
