import { readMigration } from 'd1-core/migrations';
import { problemOn, statementsOf, type QueryStatement, type SchemaStep } from '../check/index.ts';
import type { Query } from '../find/index.ts';
import { openTrial, waysToRun, type Trial, type TrialDatabase } from './trial.ts';

/** The queries of the code at one commit. */
export interface Revision {
  /** A commit, or what it is called. */
  readonly name: string;
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
  /** Both: no order is safe. */
  | 'breaking';

/** A query that works on one side of a migration and not on the other. */
export interface Conflict {
  readonly revision: string;
  readonly query: Query;
  readonly message: string;
  readonly migration: string;
}

export interface ClassedMigration {
  readonly migration: string;
  readonly class: MigrationClass;
  /** Queries of deployed code that worked before it and fail after it. */
  readonly broken: readonly Conflict[];
  /** Queries of the new code that fail before it and work after it. */
  readonly needed: readonly Conflict[];
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
    const old = await Promise.all(deployed.map((one) => outcomesOf(one, steps, trials, 0)));
    const fresh = await outcomesOf(working, steps, trials, last);
    const oldOutcomes = old.flat();
    const migrations = steps.slice(1).map((step, index): ClassedMigration => {
      const migration = step.migration?.name ?? '';
      const broken = turning(oldOutcomes, index, index + 1, migration);
      const needed = turning(fresh, index + 1, index, migration);
      return { migration, broken, needed, class: classOf(broken.length > 0, needed.length > 0) };
    });
    const works = (outcomes: readonly Outcomes[], at: number) =>
      outcomes.every(({ failures }) => failures[at] === undefined);
    let survived = 0;
    while (survived < last && works(oldOutcomes, survived + 1)) survived += 1;
    let needs = last;
    while (needs > 0 && works(fresh, needs - 1)) needs -= 1;
    return { migrations, migrateFirst: needs <= survived ? survived : undefined };
  } finally {
    for (const trial of trials) trial.close();
  }
}

const classOf = (isBroken: boolean, isNeeded: boolean): MigrationClass =>
  isBroken ? (isNeeded ? 'breaking' : 'contract') : isNeeded ? 'expand' : 'neutral';

interface Outcomes {
  readonly revision: string;
  readonly query: Query;
  /** At each step; undefined where it works. */
  readonly failures: readonly (string | undefined)[];
}

const turning = (
  outcomes: readonly Outcomes[],
  works: number,
  fails: number,
  migration: string,
): readonly Conflict[] =>
  outcomes.flatMap(({ revision, query, failures }) => {
    const message = failures[fails];
    return failures[works] === undefined && message !== undefined
      ? [{ revision, query, message, migration }]
      : [];
  });

async function openTrials(steps: readonly SchemaStep[]): Promise<readonly TrialDatabase[]> {
  const [first] = steps;
  if (first === undefined) return [];
  const texts = steps
    .slice(1)
    .map(({ migration }) => (migration === undefined ? '' : readMigration(migration).text));
  return Promise.all(
    steps.map(({ schema }, index) => openTrial(first.schema, texts.slice(0, index), schema)),
  );
}

/** How the queries of a revision end on each step. Those that do not work where they are at home say nothing. */
async function outcomesOf(
  { name, queries }: Revision,
  steps: readonly SchemaStep[],
  trials: readonly TrialDatabase[],
  home: number,
): Promise<readonly Outcomes[]> {
  const found: Outcomes[] = [];
  for (const query of queries) {
    const statements = await statementsOf(query.sql, query.kind === 'exec');
    const failures = await failuresOf(statements, steps, trials, home);
    if (failures[home] === undefined) found.push({ revision: name, query, failures });
  }
  return found;
}

async function failuresOf(
  statements: readonly QueryStatement[],
  steps: readonly SchemaStep[],
  trials: readonly TrialDatabase[],
  home: number,
): Promise<readonly (string | undefined)[]> {
  const compiled: (string | undefined)[] = [];
  for (const step of steps) {
    const shadow = await step.shadow();
    compiled.push(
      statements
        .map((statement) => problemOn(statement, shadow)?.message)
        .find((message) => message !== undefined),
    );
  }
  const [statement, another] = statements;
  const schema = steps[home]?.schema;
  if (
    statement === undefined ||
    another !== undefined ||
    schema === undefined ||
    compiled[home] !== undefined
  )
    return compiled;
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
