import type { Engine, Row } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import type { RollbackClass } from 'd1-core/migrations';
import { READ_CATALOG, type Schema } from 'd1-core/schema';
import { foldName, unquote, type Tokenize } from 'd1-core/sql';
import { traceLineage, type Loss, type MigrationStep } from '../invert/index.ts';
import { catalogDifference, catalogReader, type CatalogState } from './catalog-state.ts';
import { contentsDifference } from './contents-difference.ts';
import { contentsOf, readContentsStatements, tablesWithRows, type Contents } from './contents.ts';
import { firstFailure } from './first-failure.ts';
import { findSeeds } from './seed.ts';

/** A rollback script, as far as a proof needs it. */
export interface ScriptToProve {
  readonly class: RollbackClass;
  /** Without semicolons. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
}

export interface StepFailure {
  readonly message: string;
  /** Of the statement in the migration, from 1. */
  readonly line: number | undefined;
}

/** What was found out about one migration and its rollback script. */
export interface StepProof {
  readonly step: MigrationStep;
  /** On tables with rows. `refused`: the rows break a constraint; whether real rows do, nobody knows. */
  readonly withRows:
    | { readonly outcome: 'passed' }
    | { readonly outcome: 'failed' | 'refused'; readonly failure: StepFailure }
    | { readonly outcome: 'not-tried'; readonly reason: string };
  /** Tables that were empty all the same, because no row was found that they take. */
  readonly unseeded: readonly { readonly table: string; readonly reason: string }[];
  readonly rollback:
    | { readonly outcome: 'none' | 'irreversible' | 'proved' | 'not-tried' }
    | { readonly outcome: 'failed'; readonly reason: string };
}

export interface ProofRequest {
  readonly engine: Engine;
  /** An empty database of the engine. */
  readonly binding: string;
  readonly tokenize: Tokenize;
  readonly steps: readonly MigrationStep[];
  /** The script of a migration; undefined where there is none. */
  readonly scriptOf: (step: MigrationStep) => Promise<ScriptToProve | undefined>;
}

const FOREIGN_KEY_CHECK = 'PRAGMA foreign_key_check';

/** A database between two migrations: what is in it, and what is known of it. */
interface Moment {
  readonly catalog: CatalogState;
  readonly contents: Contents;
}

/**
 * Takes a database with rows in every table through all migrations: up, down and up again where there is a script. After
 * the way down, schema and rows have to be what they were.
 */
export async function* prove(request: ProofRequest): AsyncGenerator<StepProof, void> {
  const { engine, binding, tokenize, steps, scriptOf } = request;
  const readState = catalogReader(tokenize);
  let moment: Moment = { catalog: new Map(), contents: new Map() };
  let lost: string | undefined;

  for (const step of steps) {
    if (lost !== undefined) {
      yield notTried(step, lost);
      continue;
    }
    const up = step.statements.map(({ text }) => text);
    let withRows: StepProof['withRows'] = { outcome: 'passed' };
    let after: Moment | undefined;
    try {
      after = await run(up, step.after);
    } catch (error) {
      withRows = await explain(step, error);
      if (await clearTables(step)) after = await run(up, step.after).catch(() => undefined);
    }
    if (after === undefined) {
      lost = `${step.file.name} could not be run on a database with rows`;
      yield { step, withRows, unseeded: [], rollback: { outcome: 'not-tried' } };
      continue;
    }
    const script = await scriptOf(step);
    const rollback = script === undefined ? undefined : await proveScript(step, script, moment, after);
    moment = rollback?.moment ?? after;
    if (rollback?.isLost === true) lost = `the rollback script of ${step.file.name} failed half way`;

    const seeds = await findSeeds(step.after, moment.contents, tokenize);
    if (seeds.statements.length > 0) moment = await sow(seeds.statements, step, moment);
    yield {
      step,
      withRows,
      unseeded: seeds.failures,
      rollback: rollback?.result ?? { outcome: 'none' },
    };
  }

  /** Runs statements as one transaction, and reads what there is then. Throws what the engine says. */
  async function run(
    statements: readonly string[],
    schema: Schema,
  ): Promise<Moment & { violations: number }> {
    const reads = [READ_CATALOG, FOREIGN_KEY_CHECK, ...readContentsStatements(schema)];
    const results = await engine.batch(binding, [...statements, ...reads]);
    return readResults(results.slice(statements.length), schema);
  }

  function readResults(results: readonly (readonly Row[])[], schema: Schema) {
    const [catalog = [], violations = [], ...contents] = results;
    return {
      catalog: readState(catalog),
      violations: violations.length,
      contents: contentsOf(schema, contents),
    };
  }

  /** Down in one transaction, and up again in another: a deferred foreign key is checked at the end of each. */
  async function proveScript(
    step: MigrationStep,
    script: ScriptToProve,
    before: Moment,
    after: Moment,
  ): Promise<{ result: StepProof['rollback']; moment?: Moment; isLost?: boolean }> {
    if (script.class === 'irreversible') return { result: { outcome: 'irreversible' } };
    let down: Moment & { violations: number };
    try {
      down = await run(script.statements, step.before);
    } catch (error) {
      return { result: { outcome: 'failed', reason: `it cannot be run: ${messageOf(error)}` } };
    }
    const { kept } = traceLineage(step.before, step.statements);
    const difference =
      catalogDifference(before.catalog, down.catalog) ??
      contentsDifference(step.before, before.contents, down.contents, { ...script, kept }) ??
      (down.violations > 0 ? `${down.violations} foreign keys point to nothing` : undefined);
    try {
      const again = await run(
        step.statements.map(({ text }) => text),
        step.after,
      );
      const other = catalogDifference(after.catalog, again.catalog);
      const reason =
        difference === undefined
          ? other && `the migration gives another schema when it is run again behind it: ${other}`
          : `behind it the database is not what it was: ${difference}`;
      return {
        result: reason === undefined ? { outcome: 'proved' } : { outcome: 'failed', reason },
        moment: again,
      };
    } catch (error) {
      const reason =
        difference === undefined
          ? `the migration cannot be run again behind it: ${messageOf(error)}`
          : `behind it the database is not what it was: ${difference}`;
      return { result: { outcome: 'failed', reason }, isLost: true };
    }
  }

  async function sow(statements: readonly string[], step: MigrationStep, moment: Moment): Promise<Moment> {
    try {
      return await run(statements, step.after);
    } catch {
      return moment; // In workerd something speaks against a row that it has not in memory: the table stays empty.
    }
  }

  async function explain(step: MigrationStep, error: unknown): Promise<StepProof['withRows']> {
    const message = messageOf(error);
    const at = await firstFailure(
      engine,
      binding,
      step.statements.map(({ text }) => text),
    );
    const failure = { message, line: at === undefined ? undefined : step.statements[at]?.line };
    return { outcome: isAboutRows(error) ? 'refused' : 'failed', failure };
  }

  /** Empties the tables that a migration names, and those that reference them. */
  async function clearTables(step: MigrationStep): Promise<boolean> {
    const names = new Set(
      step.statements.flatMap(({ text }) => tokenize(text).map((token) => foldName(unquote(token.text)))),
    );
    const going: string[] = [];
    const visit = (name: string) => {
      if (going.includes(name)) return;
      going.push(name);
      for (const { child } of step.before.referencesTo(name)) visit(child.name);
    };
    for (const { name } of tablesWithRows(step.before)) if (names.has(foldName(name))) visit(name);
    const deletes = going.reverse().map((name) => `DELETE FROM "${name.replaceAll('"', '""')}"`);
    try {
      const cleared = await run(['PRAGMA defer_foreign_keys = ON', ...deletes], step.before);
      moment = cleared;
      return true;
    } catch {
      return false;
    }
  }
}

const notTried = (step: MigrationStep, reason: string): StepProof => ({
  step,
  withRows: { outcome: 'not-tried', reason },
  unseeded: [],
  rollback: { outcome: 'not-tried' },
});

/** A constraint, or a function that the values do not suit: of other rows it may be true, and of others not. */
const isAboutRows = (error: unknown): boolean =>
  isD1Error(error) &&
  (error.code === 'sql-constraint' || /malformed JSON|integer overflow/.test(error.message));

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
