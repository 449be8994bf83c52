import { join } from 'node:path';
import { type D1, type Row, localDatabaseFile } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { isOurTable } from 'd1-core/records';
import { analyseMigrations, isUnannounced, type Loss, mayTouchRows } from 'd1-core/loss';
import type { MigrationFile } from 'd1-core/migrations';
import { makeThrowAwayFolder } from 'd1-core/node';
import { copySnapshot } from 'd1-core/snapshot';
import { localDatabase, type Target } from 'd1-core/target';
import {
  countStatements,
  lossesBetween,
  planLosses,
  readCounts,
  unplannedLosses,
  unplannedRows,
  type Planned,
  observeAll,
  type Observation,
} from '../loss/index.ts';
import { surveySchema, type Survey } from '../survey/index.ts';

/** The answers to statements of one call; undefined where they could not be read together with the rest. */
export type Answers = readonly (readonly Row[])[] | undefined;

/** Counts the rows that may go, before and after migrations are applied to the real database. */
interface RowGuard {
  /** Counts what is there before; empty when nothing is at risk. */
  readonly before: readonly string[];
  /** Counts the same rows when all migrations are applied. */
  readonly after: readonly string[];
  /** What the migrations that were applied have done. Asks once more where they are not all, or no answer came. */
  compare(d1: D1, applied: ReadonlySet<string>, before: Answers, after: Answers): Promise<Counted>;
}

export interface Counted {
  readonly losses: readonly Loss[];
  /** What is there beside what was planned, as sentences. */
  readonly warnings: readonly string[];
}

const NOTHING = { losses: [], examples: [], warnings: [] };

/** Of a local database every row is compared with its snapshot. */
export const NO_GUARD: RowGuard = { before: [], after: [], compare: async () => NOTHING };

/** What a rehearsal of the same migrations saw. */
interface Rehearsed extends Planned {
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
    async compare(d1, applied, before, after) {
      if (before === undefined) return NOTHING;
      const done = migrations.filter(({ file }) => applied.has(file.name));
      if (done.length === 0) return NOTHING;
      const isAll = done.length === migrations.length;
      const { after: then, announced } = isAll ? plan : planLosses(schema, done, rehearsed?.changed);
      const counted = (isAll ? after : undefined) ?? (await countAgain(d1, countStatements(plan, then)));
      if (counted === undefined) return NOTHING;
      const [was, is] = [readCounts(plan, plan.before, before), readCounts(plan, then, counted)];
      const losses = lossesBetween(announced, was, is);
      if (!isAll || rehearsed?.source.kind !== 'database') return { losses, warnings: [] };
      const found = new Set(losses.filter(isUnannounced).map(({ table }) => table));
      const unplanned = unplannedLosses(rehearsed, was, is).filter(({ table }) => !found.has(table));
      return { losses: [...losses, ...unplanned], warnings: unplannedRows(rehearsed, was, is) };
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

/** What a comparison of a local database with its snapshot has found. */
export interface RunComparison extends Pick<Observation, 'losses' | 'examples'> {
  /** `not-needed`: nothing that was applied can touch rows that were there. */
  readonly compared: 'every-row' | 'not-needed' | 'not-possible';
  /** Why it was not possible. */
  readonly warnings: readonly string[];
}

/** Compares a local database with the snapshot of before the run, cell by cell. It must not be open in this process. */
export async function compareRun(
  target: Target,
  snapshot: string,
  applied: readonly MigrationFile[],
): Promise<RunComparison> {
  const migrations = await analyseMigrations(applied);
  if (!mayTouchRows(migrations)) return { ...NOTHING, compared: 'not-needed' };
  const database = localDatabase(target);
  const folder = makeThrowAwayFolder(database.persistTo);
  try {
    const scratch = join(folder.path, 'before.sqlite');
    await copySnapshot(database, snapshot, scratch);
    const isHidden = (table: string) => isOurTable(table, target.database.migrationsTable);
    const { losses, examples } = await observeAll(scratch, localDatabaseFile(database), migrations, isHidden);
    return { losses, examples, compared: 'every-row', warnings: [] };
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    const warning = `The rows could not be compared with those of the snapshot: ${reason}.`;
    return { ...NOTHING, compared: 'not-possible', warnings: [warning] };
  } finally {
    folder.remove();
  }
}
