import { isD1Error, type D1Error } from 'd1-core/errors';
import { requireTaken } from 'd1-core/migrations';
import { diffSchemas, type SchemaChange } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { statementsBetween } from '../invert/index.ts';
import { isConsistent, survey, surveySchema, type MigrationStatus } from '../status/index.ts';
import { openTarget, type Target } from 'd1-core/target';
import { expectedSteps } from './expected-steps.ts';
import { isIgnored, readIgnored, type Ignored } from './ignored.ts';

/** How a database differs from what its migrations say. */
export interface Drift {
  readonly target: Target;
  /** Migrations whose file and history do not agree. */
  readonly migrations: readonly MigrationStatus[];
  /** What is in the schema, and in no migration, or the other way round. */
  readonly changes: readonly SchemaChange[];
  /** Changes that somebody has accepted, with the reason. */
  readonly ignored: readonly (SchemaChange & { readonly reason: string })[];
  /** The statements that bring the database back to its migrations; undefined where there are none, or none was found. */
  readonly revert: readonly string[] | undefined;
  /** The statements that bring the migrations to the database: what a new one would have to hold. */
  readonly adopt: readonly string[] | undefined;
  /** Why the schema could not be judged. */
  readonly unchecked: string | undefined;
}

export type EnvironmentDrift = Drift | { readonly target: Target; readonly error: D1Error };

/** Sets history, files and the actual schema of a database against each other. Writes nothing. */
export async function readDrift(target: Target): Promise<Drift> {
  const d1 = openTarget(target);
  try {
    const found = await survey(target, d1);
    requireTaken(found.findings);
    const migrations = found.migrations.filter((migration) => !isConsistent(migration));
    const expected = await expectedSteps(found);
    const nothing = { target, migrations, changes: [], ignored: [], revert: undefined, adopt: undefined };
    if (expected.outcome === 'unknown') return { ...nothing, unchecked: expected.reason };
    const [actual, tokenize] = await Promise.all([surveySchema(found), loadTokenizer()]);
    const { schema } = expected;
    const all = diffSchemas(schema, actual, tokenize);
    const accepted: readonly Ignored[] = readIgnored(target.database.migrationsDir);
    const changes = all.filter((change) => !isIgnored(change, accepted));
    return {
      ...nothing,
      changes,
      ignored: all.flatMap((change) => {
        const reason = accepted.find((one) => isIgnored(change, [one]))?.reason;
        return reason === undefined ? [] : [{ ...change, reason }];
      }),
      revert: changes.length === 0 ? undefined : await statementsBetween(actual, schema, tokenize),
      adopt: changes.length === 0 ? undefined : await statementsBetween(schema, actual, tokenize),
      unchecked: undefined,
    };
  } finally {
    await d1.close();
  }
}

/** All environments, one after the other. What cannot be read stands there with its error. */
export async function readDrifts(targets: readonly Target[]): Promise<readonly EnvironmentDrift[]> {
  const drifts: EnvironmentDrift[] = [];
  for (const target of targets) {
    try {
      drifts.push(await readDrift(target));
    } catch (error) {
      if (!isD1Error(error)) throw error;
      drifts.push({ target, error });
    }
  }
  return drifts;
}

/** Whether something is there that nobody has accepted. */
export const hasDrifted = (drift: EnvironmentDrift): boolean =>
  'changes' in drift && (drift.changes.length > 0 || drift.migrations.length > 0);

/** Whether everything could be looked at. */
export const isComplete = (drift: EnvironmentDrift): boolean =>
  'changes' in drift && drift.unchecked === undefined;
