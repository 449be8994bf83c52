import type { Engine, Row } from 'd1-core/database';
import type { D1Error } from 'd1-core/errors';
import { mentionedNames, reachedTables } from 'd1-core/loss';
import type { RollbackClass, Loss } from 'd1-core/migrations';
import { columnOf, parentsFirst, readSchema, type Schema, type SchemaObject } from 'd1-core/schema';
import {
  findRefusals,
  findSeeds,
  storedColumns,
  tablesWithRows,
  type Contents,
  type Refusal,
} from 'd1-core/seed';
import { foldName, identifier, sameName, type Tokenize } from 'd1-core/sql';
import {
  type MigrationStep,
  catalogDifference,
  READ_STATE,
  readCatalogState,
  type CatalogState,
} from '../replay/index.ts';
import { compareContents, contentsOf, lossesIn, readContentsStatements } from './contents.ts';
import { firstFailure } from '../explain/index.ts';
import { countViolations } from './count-violations.ts';

/** A rollback script, as far as a proof needs it. */
export interface ScriptToProve {
  readonly class: RollbackClass;
  /** Without semicolons. */
  readonly statements: readonly string[];
  readonly losses: readonly Loss[];
  /** Tables in which rows may stay that the migration has added. */
  readonly kept: readonly string[];
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
  /** Looks which tables take no further row after it, beside the rows that are there. */
  readonly findRefusals: () => Promise<readonly Refusal[]>;
  /** Finds the tables whose rows the migration was seen to change; none where there is no script to run. */
  readonly findChanged: () => Promise<readonly string[]>;
  readonly rollback:
    | { readonly outcome: 'none' | 'irreversible' | 'proved' | 'not-tried' }
    /** `undeclared`: what it loses beside what it says, where nothing else is wrong with it. */
    | { readonly outcome: 'failed'; readonly reason: string; readonly undeclared: readonly Loss[] };
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

/** A database between two migrations: what is in it, and what is known of it. */
interface Moment {
  readonly catalog: CatalogState;
  readonly contents: Contents;
  /** Foreign keys of the tables that were looked at that point to nothing. */
  readonly violations: number;
}

/** What reads the tables that statements may have changed, and makes a moment of the answers. */
interface Reader {
  readonly reads: readonly string[];
  readonly moment: (answers: readonly (readonly Row[])[]) => Moment;
}

/** How far a migration and its script got: each part is a transaction. */
interface Attempt {
  readonly up: Moment | undefined;
  readonly down: Moment | undefined;
  readonly again: Moment | undefined;
  readonly error: D1Error | undefined;
}

/**
 * Takes a database with rows in every table through all migrations: up, down and up again where there is a script. After
 * the way down, schema and rows have to be what they were.
 */
export async function* prove(request: ProofRequest): AsyncGenerator<StepProof, void> {
  const { engine, binding, tokenize, steps, scriptOf } = request;
  let moment: Moment = { catalog: new Map(), contents: new Map(), violations: 0 };
  let lost: string | undefined;

  for (const [index, step] of steps.entries()) {
    if (lost !== undefined) {
      yield notTried(step, lost);
      continue;
    }
    const script = await scriptOf(step);
    const down = script === undefined || script.class === 'irreversible' ? undefined : script.statements;
    let withRows: StepProof['withRows'] = { outcome: 'passed' };
    let attempt = await tryStep(step, down);
    if (attempt.up === undefined && attempt.error !== undefined) {
      withRows = await explain(step, attempt.error);
      const named = mentionedNames(textsOf(step), tokenize);
      const withFewer = [(table: string) => named.has(foldName(table)), () => true];
      for (const isLeftOut of withFewer) {
        if (attempt.up !== undefined || !(await startOver(index, step.before, isLeftOut))) break;
        attempt = await tryStep(step, down);
      }
    }
    if (attempt.up === undefined) {
      lost = `${step.file.name} could not be run on a database with rows`;
      yield {
        step,
        withRows,
        unseeded: [],
        findRefusals: nothing,
        findChanged: nothing,
        rollback: { outcome: 'not-tried' },
      };
      continue;
    }
    const rollback = await judge(step, script, attempt, attempt.up);
    const [was, again] = [moment.contents, attempt.again?.contents];
    moment = attempt.again ?? attempt.up;
    const isHalfWay = attempt.down !== undefined && attempt.again === undefined;
    if (isHalfWay && !(await startOver(index + 1, step.after, () => false)))
      lost = `the rollback script of ${step.file.name} failed half way`;
    const seeds = await findSeeds(step.after, moment.contents, tokenize);
    if (seeds.statements.length > 0) moment = await sow(seeds.statements, step.after);
    const { contents } = moment;
    yield {
      step,
      withRows,
      unseeded: seeds.failures,
      findRefusals: () => findRefusals(step.after, contents, tokenize),
      findChanged: again === undefined ? nothing : () => findChanged(step, was, again),
      rollback,
    };
  }

  /** Up, and down and up again in transactions of their own: a deferred foreign key is checked at the end of each. */
  async function tryStep(step: MigrationStep, down: readonly string[] | undefined): Promise<Attempt> {
    const up = textsOf(step);
    const names = mentionedNames([...up, ...(down ?? [])], tokenize);
    const before = reader(step.before, names);
    const after = reader(step.after, names);
    if (down === undefined) {
      const { committed, error } = await engine.transactions(binding, [[...up, ...after.reads]]);
      const [only] = committed;
      return { up: only && after.moment(only.slice(up.length)), down: undefined, again: undefined, error };
    }
    // What the rows are after the first way up is of interest only where the others do not follow.
    const { committed, error } = await engine.transactions(binding, [
      [...up, READ_STATE],
      [...down, ...before.reads],
      [...up, ...after.reads],
    ]);
    const [first, second, third] = committed;
    const behind = first && { ...moment, catalog: readCatalogState(first.at(-1) ?? []) };
    return {
      up: behind && second === undefined ? await look(after) : behind,
      down: second && before.moment(second.slice(down.length)),
      again: third && after.moment(third.slice(up.length)),
      error,
    };
  }

  async function look({ reads, moment: read }: Reader): Promise<Moment | undefined> {
    const { committed } = await engine.transactions(binding, [reads]);
    return committed[0] && read(committed[0]);
  }

  /** What reads the tables that statements reach, and takes the others for what they were. */
  function reader(schema: Schema, names: ReadonlySet<string>): Reader {
    const tables = reachedTables(schema, names, tokenize);
    const reads = [READ_STATE, countViolations(schema, tables), ...readContentsStatements(tables)];
    const all = new Set(tablesWithRows(schema).map(({ name }) => foldName(name)));
    const kept = moment.contents;
    return {
      reads,
      moment([catalog = [], check = [], ...contents]: readonly (readonly Row[])[]): Moment {
        const merged = new Map([...kept, ...contentsOf(tables, contents)]);
        return {
          catalog: readCatalogState(catalog),
          contents: new Map([...merged].filter(([name]) => all.has(name))),
          violations: Number(check[0]?.['violations'] ?? 0),
        };
      },
    };
  }

  async function judge(
    step: MigrationStep,
    script: ScriptToProve | undefined,
    { down, again, error }: Attempt,
    after: Moment,
  ): Promise<StepProof['rollback']> {
    if (script === undefined) return { outcome: 'none' };
    if (script.class === 'irreversible') return { outcome: 'irreversible' };
    if (down === undefined) return failed(`it cannot be run: ${error?.message ?? ''}`);
    const { added, lost } = await findDifferences(step.before, moment.contents, down.contents, script);
    const difference =
      catalogDifference(moment.catalog, down.catalog, step.before, tokenize) ??
      added ??
      (down.violations > 0 ? `${down.violations} foreign keys point to nothing` : undefined);
    if (difference !== undefined) return failed(`after it the database is not what it was: ${difference}`);
    if (again === undefined)
      return failed(`the migration cannot be run again after it: ${error?.message ?? ''}`);
    const other = catalogDifference(after.catalog, again.catalog, step.after, tokenize);
    if (other !== undefined)
      return failed(`the migration gives another schema when it is run again after it: ${other}`);
    if (lost.length === 0) return { outcome: 'proved' };
    const names = lost.map(({ table, column }) => (column === undefined ? table : `${table}.${column}`));
    return failed(`it does not say that it loses ${names.join(', ')}`, lost);
  }

  async function sow(statements: readonly string[], schema: Schema): Promise<Moment> {
    const { reads, moment: read } = reader(schema, mentionedNames(statements, tokenize));
    const { committed } = await engine.transactions(binding, [[...statements, ...reads]]);
    if (committed[0] !== undefined) return read(committed[0].slice(statements.length));
    // In workerd something may speak against a row that does not in memory: then its table alone stays empty.
    for (const sql of statements) await engine.transactions(binding, [[sql]]);
    return read(await engine.batch(binding, reads));
  }

  async function explain(step: MigrationStep, error: D1Error): Promise<StepProof['withRows']> {
    const at = await firstFailure((statements) => engine.batch(binding, statements), textsOf(step));
    const failure = {
      message: error.message,
      line: at === undefined ? undefined : step.statements[at.index]?.line,
    };
    return { outcome: isAboutRows(error) ? 'refused' : 'failed', failure };
  }

  /**
   * Rebuilds the database by the first `count` migrations, and gives rows to the tables that have none then. Rows of the
   * proof may be in the way of a migration; those that migrations have made themselves never are.
   */
  async function startOver(
    count: number,
    schema: Schema,
    isLeftOut: (table: string) => boolean,
  ): Promise<boolean> {
    const present = await readSchema({ batch: (statements) => engine.batch(binding, statements) });
    const made = steps.slice(0, count).map(textsOf);
    const transactions = [emptyingStatements(present), ...made];
    for (let from = 0; from < transactions.length; from += PER_CALL) {
      const { error } = await engine.transactions(binding, transactions.slice(from, from + PER_CALL));
      if (error !== undefined) return false;
    }
    moment = { catalog: new Map(), contents: new Map(), violations: 0 };
    const found = await look(reader(schema, new Set(schema.tables().map(({ name }) => foldName(name)))));
    if (found === undefined) return false;
    moment = found;
    const seeds = await findSeeds(schema, moment.contents, tokenize, isLeftOut);
    if (seeds.statements.length > 0) moment = await sow(seeds.statements, schema);
    return true;
  }
}

/** Migrations in one call of the engine. */
const PER_CALL = 20;

const textsOf = ({ statements }: MigrationStep): readonly string[] => statements.map(({ text }) => text);

/** Drops everything, what depends on other objects first. */
function emptyingStatements(schema: Schema): readonly string[] {
  const objects = schema.objects();
  const drop = ({ kind, name }: SchemaObject) => `DROP ${kind.toUpperCase()} IF EXISTS ${identifier(name)}`;
  return [
    'PRAGMA defer_foreign_keys = ON',
    ...objects.filter(({ kind }) => kind === 'trigger').map(drop),
    ...objects.filter(({ kind }) => kind === 'view').map(drop),
    ...parentsFirst(schema)
      .filter(({ storage }) => storage !== 'shadow')
      .toReversed()
      .map(drop),
  ];
}

const failed = (reason: string, undeclared: readonly Loss[] = []): StepProof['rollback'] => ({
  outcome: 'failed',
  reason,
  undeclared,
});

/** How the contents after a script differ from those before its migration, beside what the script says that it loses. */
async function findDifferences(
  schema: Schema,
  before: Contents,
  after: Contents,
  { losses, kept }: ScriptToProve,
): Promise<{ readonly added: string | undefined; readonly lost: readonly Loss[] }> {
  const isLost = (table: string, column: string | undefined) =>
    losses.some(
      (loss) =>
        sameName(loss.table, table) && (loss.column === column || sameName(loss.column ?? '', column ?? '')),
    );
  const compared = await compareContents(
    { schema, contents: before },
    { schema, contents: after },
    (table) =>
      isLost(table.name, undefined) ? [] : storedColumns(table).filter((name) => !isLost(table.name, name)),
  );
  const grown = compared.find(
    ({ table, before: was, after: now }) =>
      now > was && !kept.some((name) => sameName(name, table.before ?? '')),
  );
  return {
    added: grown && `${grown.table.before} has ${grown.after - grown.before} rows more`,
    lost: compared.flatMap(lossesIn),
  };
}

/** The tables of before that have other rows after a migration, by the columns that they have on both sides. */
async function findChanged(
  { before, after }: MigrationStep,
  contentsBefore: Contents,
  contentsAfter: Contents,
): Promise<readonly string[]> {
  const compared = await compareContents(
    { schema: before, contents: contentsBefore },
    { schema: after, contents: contentsAfter },
    (table) => {
      const now = after.table(table.name);
      return storedColumns(table).filter(
        (name) => now !== undefined && columnOf(now, name)?.generated === 'no',
      );
    },
  );
  return compared
    .filter(({ lost, added, changes }) => lost > 0 || added > 0 || changes.length > 0)
    .flatMap(({ table }) => table.before ?? []);
}

const notTried = (step: MigrationStep, reason: string): StepProof => ({
  step,
  withRows: { outcome: 'not-tried', reason },
  unseeded: [],
  findRefusals: nothing,
  findChanged: nothing,
  rollback: { outcome: 'not-tried' },
});

const nothing = async (): Promise<readonly never[]> => [];

/** A constraint, or a function that the values do not suit: of other rows it may be true, and of others not. */
const isAboutRows = (error: D1Error): boolean =>
  error.code === 'sql-constraint' || /malformed JSON|integer overflow/.test(error.message);
