import { startEngine, type Engine } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Schema } from 'd1-core/schema';
import { identifier, quoteIdentifier, sameName, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import type { MigrationStep } from '../replay/index.ts';
import { contentsDifference, contentsOf, prove, readContentsStatements } from '../prove/index.ts';
import { tablesWithRows } from 'd1-core/seed';
import { findBrokenObjects } from '../validate/index.ts';
import type { Rebuild } from './rebuild.ts';

const SHADOW = 'SHADOW';

export interface RebuildRehearsal {
  readonly wrangler: Wrangler;
  /** The migrations before the rebuild. */
  readonly steps: readonly MigrationStep[];
  readonly rebuild: Rebuild;
  /** The schema behind the rebuild. */
  readonly after: Schema;
  readonly tokenize: Tokenize;
}

/**
 * Runs a rebuild on a throw-away D1 that has rows in every table, and sees to it that afterwards each table has the same
 * rows. Gives the tables that had no rows, so that nothing is known of them. Throws D1Error `rebuild-not-proved`.
 */
export async function rehearseRebuild(request: RebuildRehearsal): Promise<readonly string[]> {
  const { wrangler, steps, rebuild, tokenize } = request;
  const engine = await startEngine({ wrangler, databases: { [SHADOW]: 'shadow' } });
  try {
    const schema = steps.at(-1)?.after;
    if (schema === undefined) return [];
    const unseeded = await fill(engine, steps, tokenize);
    const [tables, tablesAfter] = [tablesWithRows(schema), tablesWithRows(request.after)];
    const brokenBefore = await findBrokenObjects(engine, SHADOW, schema, tokenize);
    const reads = [...readContentsStatements(tables), readTable(rebuild, 'before')];
    const before = await engine.batch(SHADOW, reads);
    await run(engine, [...rebuild.before, ...rebuild.edited, ...rebuild.after]);
    const after = await engine.batch(SHADOW, [
      ...readContentsStatements(tablesAfter),
      readTable(rebuild, 'after'),
      'PRAGMA foreign_key_check',
    ]);
    const lost = [{ table: rebuild.table, column: undefined, what: 'compared apart' }];
    const difference =
      contentsDifference(schema, contentsOf(tables, before), contentsOf(tablesAfter, after), {
        losses: lost,
        kept: [],
      }) ?? tableDifference(rebuild, before.at(-1), after.at(-2));
    if (difference !== undefined) throw notProved(`behind it ${difference}`);
    if ((after.at(-1) ?? []).length > 0) throw notProved('behind it foreign keys point to nothing');
    const brokenAfter = await findBrokenObjects(engine, SHADOW, request.after, tokenize);
    const broken = brokenAfter.find(({ name }) => !brokenBefore.some((one) => one.name === name));
    if (broken !== undefined) {
      throw notProved(`behind it the ${broken.kind} ${broken.name} cannot be used: ${broken.reason}`);
    }
    return unseeded;
  } finally {
    await engine.dispose();
  }
}

/** Takes the database through the migrations, with rows in every table. Gives the tables for which there are none. */
async function fill(
  engine: Engine,
  steps: readonly MigrationStep[],
  tokenize: Tokenize,
): Promise<readonly string[]> {
  let unseeded: readonly string[] = [];
  const walk = prove({ engine, binding: SHADOW, tokenize, steps, scriptOf: async () => undefined });
  for await (const { step, withRows, unseeded: without } of walk) {
    if (withRows.outcome === 'not-tried') {
      throw notProved(`the migrations before it do not run: ${withRows.reason}`);
    }
    if (step === steps.at(-1)) unseeded = without.map(({ table }) => table);
  }
  return unseeded;
}

async function run(engine: Engine, statements: readonly string[]): Promise<void> {
  try {
    await engine.batch(SHADOW, statements);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    throw notProved(`it does not run on tables with rows: ${error.message}`);
  }
}

/** The rows of the table itself, in the columns that are kept as they are. */
function readTable({ table, keptColumns, changedColumns }: Rebuild, moment: 'before' | 'after'): string {
  const values = keptColumns
    .filter(({ before }) => !changedColumns.some((changed) => sameName(changed, before)))
    .map((column) => `quote(${quoteIdentifier(column[moment])})`);
  return `SELECT json_array(${['1', ...values].join(', ')}) AS row FROM ${identifier(table)}`;
}

function tableDifference(
  { table }: Rebuild,
  before: readonly Readonly<Record<string, unknown>>[] = [],
  after: readonly Readonly<Record<string, unknown>>[] = [],
): string | undefined {
  const sorted = (rows: typeof before) => rows.map(({ row }) => String(row)).sort();
  if (before.length !== after.length) return `${table} has ${after.length} rows instead of ${before.length}`;
  const now = sorted(after);
  return sorted(before).every((row, index) => row === now[index])
    ? undefined
    : `${table} has other values than before`;
}

const notProved = (reason: string): D1Error =>
  new D1Error({
    code: 'rebuild-not-proved',
    message: `The rebuild was rehearsed on a throw-away database, and ${reason}.`,
    fix: 'Change the options, or write the migration by hand.',
    notes: ['Nothing was written.'],
  });
