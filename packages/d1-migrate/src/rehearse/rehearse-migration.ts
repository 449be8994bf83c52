import type { DatabaseSync } from 'node:sqlite';
import type { D1, Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { readMigration } from 'd1-core/migrations';
import { readSchema } from 'd1-core/schema';
import {
  countStatements,
  isDestructive,
  follow,
  lossesBetween,
  planLosses,
  readCounts,
  type AnalysedMigration,
  type AnalysedStatement,
  type LossPlan,
  type RowCounts,
  type RowLoss,
  type TableTrace,
} from '../loss/index.ts';
import { locateFailure } from '../migrate/failing-statement.ts';
import { countRows } from './content.ts';

/** Rows lost by a migration, and the statement that they went with. */
export interface RehearsedLoss extends RowLoss {
  /** Where the statement begins in the file, from 1; undefined when rows went one by one, or in a trigger. */
  readonly line: number | undefined;
  /** Its first line. */
  readonly statement: string | undefined;
}

export interface RehearsedMigration {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly durationMs: number;
  readonly losses: readonly RehearsedLoss[];
  readonly error: D1Error | undefined;
}

export interface Rehearsal {
  /** The copy, in workerd. */
  readonly d1: D1;
  /** The same file, to be read without workerd. */
  readonly reader: DatabaseSync;
  readonly isHidden: (table: string) => boolean;
}

/** Applies one migration to the copy, as one transaction like wrangler, and counts what it leaves. */
export async function rehearseMigration(
  { d1, reader, isHidden }: Rehearsal,
  migration: AnalysedMigration,
): Promise<RehearsedMigration> {
  const schema = await readSchema(d1, isHidden);
  const plan = planLosses(schema, [migration]);
  const before = countAll(reader, plan.before);
  const started = performance.now();
  const name = migration.file.name;
  try {
    const steps = await apply(d1, migration, plan);
    const durationMs = performance.now() - started;
    const losses = lossesBetween(plan, before, countAll(reader, plan.after));
    const placed = losses.map((loss) => ({ ...loss, ...placeOf(loss, before, steps) }));
    return { name, outcome: 'passed', durationMs, losses: placed, error: undefined };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const durationMs = performance.now() - started;
    return { name, outcome: 'failed', durationMs, losses: [], error: await locate(d1, migration, error) };
  }
}

/** The rows of the tables at risk behind a statement. */
interface Step {
  readonly statement: AnalysedStatement;
  readonly counts: RowCounts;
}

/** Runs the statements, and counts behind each that may make rows go, all in one transaction. */
async function apply(d1: D1, { statements }: AnalysedMigration, plan: LossPlan): Promise<readonly Step[]> {
  const batch: string[] = [];
  const counted: { statement: AnalysedStatement; trace: TableTrace; from: number }[] = [];
  let trace = plan.before;
  for (const statement of statements) {
    batch.push(statement.text);
    trace = follow(trace, statement.effect);
    if (!isDestructive(statement.effect)) continue;
    counted.push({ statement, trace, from: batch.length });
    batch.push(...countStatements(plan, trace));
  }
  const answers = await runCounted(d1, batch, statements);
  if (answers === undefined) return [];
  return counted.map(({ statement, trace: now, from }) => ({
    statement,
    counts: readCounts(plan, now, answers.slice(from)),
  }));
}

/** Undefined when only the counting failed: a statement did something else to a table's name than was read from it. */
async function runCounted(
  d1: D1,
  batch: readonly string[],
  statements: readonly AnalysedStatement[],
): Promise<readonly (readonly Row[])[] | undefined> {
  try {
    return await d1.batch(batch);
  } catch (error) {
    if (!isD1Error(error) || batch.length === statements.length) throw error;
    await d1.batch(statements.map(({ text }) => text));
    return undefined;
  }
}

function countAll(reader: DatabaseSync, { names }: TableTrace): RowCounts {
  const counts = new Map<string, number>();
  for (const [first, now] of names) counts.set(first, now === undefined ? 0 : countRows(reader, now));
  return counts;
}

/** The first statement behind which the table has no more rows than in the end. */
function placeOf(
  { table, after }: RowLoss,
  before: RowCounts,
  steps: readonly Step[],
): Pick<RehearsedLoss, 'line' | 'statement'> {
  const step = steps.find(({ counts }) => {
    const now = counts.get(table);
    return now !== undefined && now <= after && now < (before.get(table) ?? 0);
  });
  return { line: step?.statement.line, statement: step?.statement.text.split('\n', 1)[0] };
}

async function locate(d1: D1, { file }: AnalysedMigration, error: D1Error): Promise<D1Error> {
  const located = await locateFailure(d1, file.path, readMigration(file).text);
  const { code, message, fix } = located.error ?? error;
  return new D1Error({
    code,
    message: `${file.name} failed in the rehearsal: ${message}`,
    fix,
    location: located.location,
    notes: located.notes,
    cause: error,
  });
}
