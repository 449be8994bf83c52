import { relative, sep } from 'node:path';
import { problemOn, statementsOf, type QueryStatement, type SchemaStep } from '../check/index.ts';
import type { Query } from '../find/index.ts';
import { openTrial, waysToRun, type Trial, type TrialDatabase } from './trial.ts';

/** The queries of the code at one commit. */
export interface Revision {
  /** A commit, or what it is called. */
  readonly name: string;
  /** Absolute: the folder to which the places of its queries are relative. */
  readonly root: string;
  readonly queries: readonly Query[];
}

/** What a migration is to the code before and after it. */
export type MigrationClass =
  /** No query of either minds it. */
  | 'neutral'
  /** The new code needs it: migrate first. */
  | 'expand'
  /** The deployed code does not survive it: deploy first. */
  | 'contract'
  /** Both, or the new code does not survive it either: no order is safe. */
  | 'breaking';

/** A query that works on one side of a migration and not on the other. A plain value, like all of an order. */
export interface Conflict {
  readonly revision: string;
  /** Relative to the root of the revision, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly sql: string;
  readonly message: string;
  /** The text of the file, for a code frame. */
  readonly source: string;
}

export interface ClassedMigration {
  readonly migration: string;
  readonly class: MigrationClass;
  /** Queries of deployed code that worked before it and fail after it. */
  readonly broken: readonly Conflict[];
  /** Queries of the new code that fail before it and work after it. */
  readonly needed: readonly Conflict[];
  /** Queries of the new code that worked before it and do not work at the end. */
  readonly brokenNew: readonly Conflict[];
}

export interface DeploymentOrder {
  readonly migrations: readonly ClassedMigration[];
  /** How many of the pending migrations go before the deployment; undefined where no order is safe. */
  readonly migrateFirst: number | undefined;
}

/**
 * In which order the pending migrations and the new code can go out, so that no query fails in between. `steps` are the schema now
 * and after each pending migration. Observed: every query is compiled on each of them, and what writes is run on rows, too; what
 * worked on one and fails on the other is what the order is about.
 */
export async function compareRevisions(
  deployed: readonly Revision[],
  working: Revision,
  steps: readonly SchemaStep[],
): Promise<DeploymentOrder> {
  const last = steps.length - 1;
  const trials = await openTrials(steps);
  try {
    const old: Outcomes[] = [];
    for (const one of deployed) old.push(...(await outcomesOf(one, steps, trials, [0])));
    const all = await outcomesOf(
      working,
      steps,
      trials,
      steps.map((_, index) => last - index),
    );
    const fresh = all.filter(({ failures }) => failures[last] === undefined);
    const lost = all.filter(({ failures }) => failures[last] !== undefined);
    const migrations = steps.slice(1).map((step, index): ClassedMigration => {
      const broken = turning(old, index, index + 1);
      const needed = turning(fresh, index + 1, index);
      const brokenNew = turning(lost, index, index + 1);
      const kind = brokenNew.length > 0 ? 'breaking' : classOf(broken.length > 0, needed.length > 0);
      return { migration: step.migration?.name ?? '', class: kind, broken, needed, brokenNew };
    });
    const works = (outcomes: readonly Outcomes[], at: number) =>
      outcomes.every(({ failures }) => failures[at] === undefined);
    let survived = 0;
    while (survived < last && works(old, survived + 1)) survived += 1;
    let needs = last;
    while (needs > 0 && works(fresh, needs - 1)) needs -= 1;
    return { migrations, migrateFirst: needs <= survived && lost.length === 0 ? survived : undefined };
  } finally {
    for (const trial of trials) trial.close();
  }
}

const classOf = (isBroken: boolean, isNeeded: boolean): MigrationClass =>
  isBroken ? (isNeeded ? 'breaking' : 'contract') : isNeeded ? 'expand' : 'neutral';

interface Outcomes {
  readonly revision: Revision;
  readonly query: Query;
  /** At each step; undefined where it works. */
  readonly failures: readonly (string | undefined)[];
}

const turning = (outcomes: readonly Outcomes[], works: number, fails: number): readonly Conflict[] =>
  outcomes.flatMap(({ revision, query, failures }) => {
    const message = failures[fails];
    if (failures[works] !== undefined || message === undefined) return [];
    const { file, line, column } = query.place;
    return {
      revision: revision.name,
      file: relative(revision.root, file).split(sep).join('/'),
      line,
      column,
      sql: query.sql,
      message,
      source: query.sourceAt(0),
    };
  });

async function openTrials(steps: readonly SchemaStep[]): Promise<readonly TrialDatabase[]> {
  const [first] = steps;
  if (first === undefined) return [];
  const texts = steps.slice(1).map(({ migration }) => migration?.text ?? '');
  return Promise.all(
    steps.map(({ schema }, index) => openTrial(first.schema, texts.slice(0, index), schema)),
  );
}

/** How the queries of a revision end on each step. At home is the first of `homes` on which one works; one without a home says nothing. */
async function outcomesOf(
  revision: Revision,
  steps: readonly SchemaStep[],
  trials: readonly TrialDatabase[],
  homes: readonly number[],
): Promise<readonly Outcomes[]> {
  const found: Outcomes[] = [];
  for (const query of revision.queries) {
    const statements = await statementsOf(query.sql, query.kind === 'exec');
    const failures = await failuresOf(statements, steps, trials, homes);
    if (failures !== undefined) found.push({ revision, query, failures });
  }
  return found;
}

async function failuresOf(
  statements: readonly QueryStatement[],
  steps: readonly SchemaStep[],
  trials: readonly TrialDatabase[],
  homes: readonly number[],
): Promise<readonly (string | undefined)[] | undefined> {
  const compiled: (string | undefined)[] = [];
  for (const step of steps) {
    const shadow = await step.shadow();
    compiled.push(
      statements
        .map((statement) => problemOn(statement, shadow)?.message)
        .find((message) => message !== undefined),
    );
  }
  const home = homes.find((at) => compiled[at] === undefined);
  const schema = home === undefined ? undefined : steps[home]?.schema;
  if (home === undefined || schema === undefined) return undefined;
  const [statement, another] = statements;
  if (statement === undefined || another !== undefined) return compiled;
  const ways = waysToRun(statement, schema);
  const runs = trials.map((trial): Trial => trial.run(statement, ways));
  return compiled.map(
    (message, at) =>
      message ??
      ways
        .map((_, way) => (runs[home]?.[way] === undefined ? runs[at]?.[way] : undefined))
        .find((one) => one !== undefined),
  );
}
