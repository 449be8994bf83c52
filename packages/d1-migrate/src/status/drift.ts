import { diffSchemas, type Schema, type SchemaChange } from 'd1-core/schema';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import { expectedSteps } from '../replay/index.ts';
import {
  isIgnored,
  readIgnored,
  readSurvey,
  surveySchema,
  type DatabaseStatus,
  type Ignored,
  type Survey,
} from '../survey/index.ts';

/** How the schema of a database differs from what its applied migrations give. */
export interface Drift {
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

/** Where a database stands in full: its history, its files, and its schema. */
export interface Standing extends DatabaseStatus {
  readonly drift: Drift;
}

/** Compares history, files and the actual schema of a database. Writes nothing. */
export async function readStanding(target: Target): Promise<Standing> {
  const survey = await readSurvey(target);
  return { ...survey, drift: await driftOf(survey) };
}

async function driftOf(survey: Survey): Promise<Drift> {
  const nothing = { changes: [], ignored: [], revert: undefined, adopt: undefined };
  if (!survey.allTaken) return { ...nothing, unchecked: 'wrangler does not apply every SQL file' };
  const expected = await expectedSteps(survey);
  if (expected.outcome === 'unknown') return { ...nothing, unchecked: expected.reason };
  const [actual, tokenize] = await Promise.all([surveySchema(survey), loadTokenizer()]);
  const { schema } = expected;
  const all = diffSchemas(schema, actual, tokenize);
  const accepted: readonly Ignored[] = readIgnored(survey.target.database.migrationsDir);
  const changes = all.filter((change) => !isIgnored(change, accepted));
  return {
    changes,
    ignored: all.flatMap((change) => {
      const reason = accepted.find((one) => isIgnored(change, [one]))?.reason;
      return reason === undefined ? [] : [{ ...change, reason }];
    }),
    ...(changes.length === 0
      ? { revert: undefined, adopt: undefined }
      : await waysBetween(schema, actual, tokenize)),
    unchecked: undefined,
  };
}

async function waysBetween(
  expected: Schema,
  actual: Schema,
  tokenize: Tokenize,
): Promise<Pick<Drift, 'revert' | 'adopt'>> {
  const { statementsBetween } = await import('../invert/index.ts'); // Mostly nothing has drifted.
  return {
    revert: await statementsBetween(actual, expected, tokenize),
    adopt: await statementsBetween(expected, actual, tokenize),
  };
}
