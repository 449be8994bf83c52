import { rm } from 'node:fs/promises';
import type { DatabaseSync } from 'node:sqlite';
import { copyDatabase, type D1, type Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { readMigration } from 'd1-core/migrations';
import { readSchema } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import { compareContents, searchFaults, type SearchFault, type TableComparison } from 'd1-core/witness';
import {
  beginTrace,
  countStatements,
  firstName,
  isDestructive,
  follow,
  judge,
  planLosses,
  readCounts,
  type AnalysedMigration,
  type AnalysedStatement,
  type Loss,
  type LossPlan,
  type TableCounts,
  type TableTrace,
} from '../loss/index.ts';
import { locateFailure } from '../explain/index.ts';
import { listTables } from './content.ts';

/** What is lost by a migration, and the statement that it went with. */
export interface RehearsedLoss extends Loss {
  /** Where the statement begins in the file, from 1; undefined when it was a trigger, or several together. */
  readonly line: number | undefined;
  /** Its first line. */
  readonly statement: string | undefined;
}

/** A table whose full-text search does not find what is there any more. */
export interface BrokenSearch {
  readonly table: string;
  readonly fault: SearchFault;
}

export interface RehearsedMigration {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly durationMs: number;
  readonly losses: readonly RehearsedLoss[];
  /** Tables whose content has changed, by their names before this migration. */
  readonly changed: readonly string[];
  /** Of these, the ones that no statement is about: foreign keys did it, or triggers. */
  readonly unaddressed: readonly string[];
  readonly brokenSearches: readonly BrokenSearch[];
  readonly error: D1Error | undefined;
}

export interface Rehearsal {
  /** The copy, in workerd. */
  readonly d1: D1;
  /** The same file, which is also read without workerd. */
  readonly file: string;
  readonly reader: DatabaseSync;
  readonly isHidden: (table: string) => boolean;
  /** Is told the fraction of the tables that are compared. */
  readonly onCompared: (fraction: number) => void;
}

/** What a migration that was not run has found. */
export const notRun = (name: string): RehearsedMigration => ({
  name,
  outcome: 'not-run',
  durationMs: 0,
  losses: [],
  changed: [],
  unaddressed: [],
  brokenSearches: [],
  error: undefined,
});

/** Applies one migration to the copy, as one transaction like wrangler, and compares all rows with those of before. */
export async function rehearseMigration(
  rehearsal: Rehearsal,
  migration: AnalysedMigration,
): Promise<RehearsedMigration> {
  const { d1, file, reader, isHidden, onCompared } = rehearsal;
  const name = migration.file.name;
  const before = `${file}.before`;
  const schema = await readSchema(d1, isHidden);
  const plan = planLosses(schema, [migration]);
  const tables = listTables(reader, isHidden);
  const faults = searchFaults(reader);
  await copyDatabase(file, before);
  const started = performance.now();
  try {
    const steps = await apply(d1, migration, plan);
    const durationMs = performance.now() - started;
    const trace = migration.statements.reduce((now, { effect }) => follow(now, effect), beginTrace(tables));
    const there = new Set(listTables(reader, isHidden).map(foldName));
    const pairs = tables.map((table) => {
      const now = trace.names.get(table);
      return { before: table, after: now !== undefined && there.has(foldName(now)) ? now : undefined };
    });
    const compared = await compareContents(before, file, pairs, onCompared);
    const losses = judge(migration, compared, schema, beginTrace(tables));
    const changed = compared.filter(isChanged).flatMap(({ table }) => table.before ?? []);
    const addressed = addressedBy(migration, beginTrace(tables));
    return {
      ...notRun(name),
      outcome: 'passed',
      durationMs,
      losses: losses.map((loss) => ({ ...loss, ...placeOf(loss, migration, plan, steps) })),
      changed,
      unaddressed: changed.filter((table) => !addressed.has(foldName(table))),
      brokenSearches: [...searchFaults(reader)]
        .filter(([table, fault]) => faults.get(table) !== fault)
        .map(([table, fault]) => ({ table, fault })),
    };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const durationMs = performance.now() - started;
    return { ...notRun(name), outcome: 'failed', durationMs, error: await locate(d1, migration, error) };
  } finally {
    for (const part of ['', '-wal', '-shm', '-journal']) await rm(`${before}${part}`, { force: true });
  }
}

const isChanged = ({ lost, added, changes }: TableComparison): boolean =>
  lost > 0 || added > 0 || changes.length > 0;

function addressedBy({ statements }: AnalysedMigration, before: TableTrace): ReadonlySet<string> {
  const addressed = new Set<string>();
  let trace = before;
  for (const { effect } of statements) {
    if ('table' in effect && effect.kind !== 'renames' && effect.kind !== 'watches')
      addressed.add(foldName(firstName(trace, effect.table)));
    trace = follow(trace, effect);
  }
  return addressed;
}

/** The rows of the tables at risk after a statement. */
interface Step {
  readonly statement: AnalysedStatement;
  readonly counts: TableCounts;
}

/** What was counted before the first statement, and after each that may make rows go. */
interface Steps {
  readonly before: TableCounts;
  readonly steps: readonly Step[];
}

/** Statements of a file beyond which those that only write are not counted after. */
const MOST_COUNTED = 100;

/** Runs the statements, and counts after each that may make rows go, all in one transaction. */
async function apply(d1: D1, { statements }: AnalysedMigration, plan: LossPlan): Promise<Steps | undefined> {
  const batch = [...countStatements(plan, plan.before)];
  const counted: { statement: AnalysedStatement; trace: TableTrace; from: number }[] = [];
  let trace = plan.before;
  for (const statement of statements) {
    batch.push(statement.text);
    trace = follow(trace, statement.effect);
    if (
      !isDestructive(statement.effect) &&
      (statements.length > MOST_COUNTED || statement.effect.kind !== 'writes')
    )
      continue;
    counted.push({ statement, trace, from: batch.length });
    batch.push(...countStatements(plan, trace));
  }
  const answers = await runCounted(d1, batch, statements);
  if (answers === undefined) return undefined;
  return {
    before: readCounts(plan, plan.before, answers),
    steps: counted.map(({ statement, trace: now, from }) => ({
      statement,
      counts: readCounts(plan, now, answers.slice(from)),
    })),
  };
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

/**
 * The first statement after which the table has fewer rows, or values, than before, and no more than in the end. Where
 * counting does not show it: the first that makes rows of it go, or writes it.
 */
function placeOf(
  loss: Loss,
  { statements }: AnalysedMigration,
  { before: trace }: LossPlan,
  counted: Steps | undefined,
): Pick<RehearsedLoss, 'line' | 'statement'> {
  const number = (counts: TableCounts | undefined) => {
    const count = counts?.get(loss.table);
    return (loss.column === undefined ? count?.rows : count?.values.get(loss.column)) ?? 0;
  };
  const [start, end] = [number(counted?.before), number(counted?.steps.at(-1)?.counts)];
  const step = counted?.steps.find(
    ({ counts }) => number(counts) < start && number(counts) <= end,
  )?.statement;
  const { line, text } = step ?? statementAbout(loss.table, statements, trace) ?? {};
  return { line, statement: text?.split('\n', 1)[0] };
}

function statementAbout(
  table: string,
  statements: readonly AnalysedStatement[],
  before: TableTrace,
): AnalysedStatement | undefined {
  const about: AnalysedStatement[] = [];
  let trace = before;
  for (const statement of statements) {
    const { effect } = statement;
    const isWriting = effect.kind === 'drops' || effect.kind === 'deletes' || effect.kind === 'writes';
    if (isWriting && foldName(firstName(trace, effect.table)) === foldName(table)) about.push(statement);
    trace = follow(trace, effect);
  }
  return about.find(({ effect }) => isDestructive(effect)) ?? about[0];
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
