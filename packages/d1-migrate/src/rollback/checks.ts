import type { D1 } from 'd1-core/database';
import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { columnOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, identifier, sameName, type Tokenize } from 'd1-core/sql';
import type { Survey } from '../survey/index.ts';
import { type Expected, type MigrationStep, traceLineage, schemaDifference } from '../replay/index.ts';
import { otherWays } from './other-ways.ts';
import type { CountedLoss, RollbackPlan } from './request.ts';

/** A script leads back from the schema that its migration left, and from no other. */
export function checkDrift(
  expected: Expected,
  actual: Schema,
  survey: Survey,
  names: readonly string[],
  tokenize: Tokenize,
): void {
  const after = expected.outcome === 'known' ? expected.steps.at(-1)?.after : undefined;
  const difference = after === undefined ? undefined : schemaDifference(after, actual, tokenize);
  if (difference === undefined) return;
  throw new D1Error({
    code: 'drifted',
    message: `The schema is not as the migrations left it: ${difference}.`,
    fix: `See with "${commandLine('d1-migrate:status')}" what was changed outside the migrations, and write a migration for it.`,
    notes: ['Nothing was changed.', ...otherWays(survey, names[0] ?? '')],
  });
}

/** On a protected environment every table that loses something has to be named. */
export function requireAccepted(
  { survey, scripts, losses }: RollbackPlan,
  accepted: readonly string[],
  dryRun: boolean,
): void {
  if (dryRun || !survey.target.environment.protected) return;
  const tables = [...losses, ...scripts.flatMap((script) => script.losses)].map(({ table }) => table);
  const missing = [...new Set(tables)].filter((table) => !accepted.some((name) => sameName(name, table)));
  if (missing.length === 0) return;
  throw new D1Error({
    code: 'data-loss-not-accepted',
    message: `${missing.join(', ')} would lose rows or values in ${survey.target.environment.name}.`,
    fix: `Check with --dryRun what it is. To go on: --acceptDataLoss=${[...new Set(tables)].join(',')}`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}

/** D1 gives at most 100 columns in a result. */
const COUNTS_PER_STATEMENT = 90;

/** Counts the rows of the tables that a migration made, and the values of the columns that it added. */
export async function countLosses(
  d1: D1,
  steps: readonly MigrationStep[],
  actual: Schema,
  tokenize: Tokenize,
): Promise<readonly CountedLoss[]> {
  const targets = uniqueTargets(steps.flatMap((step) => whatGoes(step, tokenize))).flatMap((target) => {
    const table = actual.table(target.table);
    const isThere = target.column === undefined || (table && columnOf(table, target.column)) !== undefined;
    return table !== undefined && isThere ? [{ ...target, sql: countSql(table, target.column) }] : [];
  });
  const losses: CountedLoss[] = [];
  for (let from = 0; from < targets.length; from += COUNTS_PER_STATEMENT) {
    const some = targets.slice(from, from + COUNTS_PER_STATEMENT);
    const sql = `SELECT ${some.map((one, index) => `(${one.sql}) AS c${index}`).join(', ')}`;
    const [[row] = []] = await d1.batch([sql]);
    for (const [index, { table, column }] of some.entries()) {
      const count = Number(row?.[`c${index}`] ?? 0);
      if (count > 0) losses.push({ table, column, count });
    }
  }
  return losses;
}

type Target = Pick<CountedLoss, 'table' | 'column'>;

function whatGoes({ before, after, statements }: MigrationStep, tokenize: Tokenize): readonly Target[] {
  const lineage = traceLineage(before, statements, tokenize);
  return after
    .tables()
    .filter(({ storage }) => storage === 'ordinary')
    .flatMap((table): readonly Target[] => {
      const predecessor = lineage.predecessorOf(table.name);
      if (predecessor === undefined) return [{ table: table.name, column: undefined }];
      const held = new Set([...predecessor.columns.values()].map(({ name }) => foldName(name)));
      return table.columns
        .filter(({ name, generated }) => generated === 'no' && !held.has(foldName(name)))
        .map(({ name }) => ({ table: table.name, column: name }));
    });
}

/** A column of a table that goes as a whole is not counted again. */
function uniqueTargets(targets: readonly Target[]): readonly Target[] {
  const whole = new Set(
    targets.filter(({ column }) => column === undefined).map(({ table }) => foldName(table)),
  );
  const seen = new Set<string>();
  return targets.filter(({ table, column }) => {
    const key = `${foldName(table)}\n${column === undefined ? '' : foldName(column)}`;
    if (seen.has(key) || (column !== undefined && whole.has(foldName(table)))) return false;
    seen.add(key);
    return true;
  });
}

/** Of a column with a default, what differs from it. */
function countSql(table: Table, column: string | undefined): string {
  if (column === undefined) return `SELECT count(*) FROM ${identifier(table.name)}`;
  const defaultValue = columnOf(table, column)?.defaultValue ?? 'NULL';
  return `SELECT count(*) FROM ${identifier(table.name)} WHERE ${identifier(column)} IS NOT (${defaultValue})`;
}
