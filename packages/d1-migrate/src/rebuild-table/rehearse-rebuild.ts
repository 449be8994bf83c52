import { startEngine, type Engine } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Schema } from 'd1-core/schema';
import { sameName, type Tokenize } from 'd1-core/sql';
import type { TableComparison } from 'd1-core/witness';
import type { Wrangler } from 'd1-core/wrangler';
import type { MigrationStep } from '../replay/index.ts';
import { compareContents, contentsOf, lossesIn, prove, readContentsStatements } from '../prove/index.ts';
import { tablesWithRows } from 'd1-core/seed';
import { findBrokenObjects } from '../validate/index.ts';
import type { Rebuild } from './rebuild.ts';

const SHADOW = 'SHADOW';

export interface RebuildRehearsal {
  readonly wrangler: Wrangler;
  /** The migrations before the rebuild. */
  readonly steps: readonly MigrationStep[];
  readonly rebuild: Rebuild;
  /** The schema after the rebuild. */
  readonly after: Schema;
  readonly tokenize: Tokenize;
}

/**
 * Runs a rebuild on a throw-away D1 that has rows in every table, and makes sure that afterwards each table has the same
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
    const before = await engine.batch(SHADOW, readContentsStatements(tables));
    await run(engine, [...rebuild.before, ...rebuild.edited, ...rebuild.after]);
    const after = await engine.batch(SHADOW, [
      'PRAGMA foreign_key_check',
      ...readContentsStatements(tablesAfter),
    ]);
    const compared = await compareContents(
      { schema, contents: contentsOf(tables, before) },
      { schema: request.after, contents: contentsOf(tablesAfter, after.slice(1)) },
    );
    const difference = compared.map((one) => differenceIn(one, rebuild)).find((one) => one !== undefined);
    if (difference !== undefined) throw notProved(`after it ${difference}`);
    if ((after[0] ?? []).length > 0) throw notProved('after it foreign keys point to nothing');
    const brokenAfter = await findBrokenObjects(engine, SHADOW, request.after, tokenize);
    const broken = brokenAfter.find(({ name }) => !brokenBefore.some((one) => one.name === name));
    if (broken !== undefined) {
      throw notProved(`after it the ${broken.kind} ${broken.name} cannot be used: ${broken.reason}`);
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

/** What has become of a table's rows beside what the rebuild is to change, in words. */
function differenceIn(
  comparison: TableComparison,
  { table, keptColumns, changedColumns }: Rebuild,
): string | undefined {
  const { before: name = '' } = comparison.table;
  const { before, after, added } = comparison;
  if (before !== after) return `${name} has ${after} rows instead of ${before}`;
  const isMeant = (column: string) =>
    sameName(name, table) &&
    (changedColumns.some((changed) => sameName(changed, column)) ||
      !keptColumns.some((kept) => sameName(kept.before, column)));
  const isOther = lossesIn(comparison).some(({ column }) => column === undefined || !isMeant(column));
  return isOther || added > 0 ? `${name} has other values than before` : undefined;
}

const notProved = (reason: string): D1Error =>
  new D1Error({
    code: 'rebuild-not-proved',
    message: `The rebuild was rehearsed on a throw-away database, and ${reason}.`,
    fix: 'Change the options, or write the migration by hand.',
    notes: ['Nothing was written.'],
  });
