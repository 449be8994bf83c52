import type { D1 } from 'd1-core/database';
import type { MigrationFile } from 'd1-core/migrations';
import { fingerprint } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import { type Survey, surveySchema } from '../survey/index.ts';
import { notRehearsed, type Pass, requirePass } from './pass.ts';
import type { ApprovedPlan } from './read-plan.ts';
import { readRecord, type RecordedMigration, type RehearsalRecord } from './record.ts';

/** What a run has been allowed to do, and by what. */
export interface Approval {
  readonly target: Target;
  /** Change a protected environment without a rehearsal of exactly these migrations; the journal notes it. */
  readonly skipRehearsal?: boolean | undefined;
  /** Take a rehearsal on this file for one on the data of a protected environment; the journal notes it. */
  readonly rehearsedOn?: string | undefined;
  /** What was approved: only that is applied, and its rehearsal is the one that a protected environment needs. */
  readonly plan?: ApprovedPlan | undefined;
}

/** Hours within which a plan has to be approved and applied. */
const PLAN_HOURS = 7 * 24;

/**
 * Sees to it that a protected environment gets only migrations that were rehearsed on its data, lately. A database
 * without tables has none. Returns what the rehearsal saw; undefined where there was none. Throws D1Error `not-rehearsed`.
 */
export async function requireRehearsed(
  d1: D1,
  survey: Survey,
  pending: readonly MigrationFile[],
  { target, skipRehearsal, plan, rehearsedOn }: Approval,
): Promise<Pass | undefined> {
  if (skipRehearsal === true) return undefined;
  if (!target.environment.protected) return plan?.data;
  const schema = await surveySchema(survey);
  if (schema.tables().length === 0) return undefined;
  if (plan === undefined) {
    return requireRehearsal(d1, {
      target,
      schema: fingerprint(schema, await loadTokenizer()),
      migrations: pending.map(({ name }) => ({ name, tokens: survey.checksumsOf(name).tokens })),
      rehearsedOn,
    });
  }
  const what = 'the rehearsal of the plan';
  if (plan.data === undefined) throw notRehearsed(target, `${what} does not say what it was made on`, 'plan');
  await requirePass(d1, plan.data, { target, what, hours: PLAN_HOURS, renew: 'plan', rehearsedOn });
  return plan.data;
}

export interface RehearsalNeed {
  readonly target: Target;
  /** The fingerprint of the schema now. */
  readonly schema: string;
  /** What is about to be applied. */
  readonly migrations: readonly RecordedMigration[];
  /** The file that somebody has named to accept a rehearsal on it. */
  readonly rehearsedOn: string | undefined;
}

/** Hours after which other data has to be expected. */
const HOURS = 24;

/**
 * Throws D1Error `not-rehearsed` unless the last rehearsal was of exactly these migrations, on the data and the schema of
 * this database, lately, and passed.
 */
export async function requireRehearsal(d1: D1, need: RehearsalNeed): Promise<Pass> {
  const { target, rehearsedOn } = need;
  const record = await readRecord(target);
  if (record === undefined)
    throw notRehearsed(target, 'these migrations have not been rehearsed on its data', 'rehearsal');
  const reason = reasonAgainst(record, need);
  if (reason !== undefined) throw notRehearsed(target, reason, 'rehearsal');
  await requirePass(d1, record, {
    target,
    what: 'the last rehearsal',
    hours: HOURS,
    renew: 'rehearsal',
    rehearsedOn,
  });
  return record;
}

function reasonAgainst(
  record: RehearsalRecord,
  { target, schema, migrations }: RehearsalNeed,
): string | undefined {
  if (record.databaseId !== (target.database.databaseId ?? null)) {
    return `the last rehearsal was on another database, ${record.databaseId === null ? 'without an id' : `id ${record.databaseId}`}`;
  }
  const rehearsed = new Map(record.migrations.map(({ name, tokens }) => [name, tokens]));
  const missing = migrations.find(({ name }) => !rehearsed.has(name));
  if (missing !== undefined) return `${missing.name} was not in the last rehearsal`;
  const edited = migrations.find(({ name, tokens }) => rehearsed.get(name) !== tokens);
  if (edited !== undefined) return `${edited.name} has been changed since it was rehearsed`;
  const wanted = new Set(migrations.map(({ name }) => name));
  const further = record.migrations.find(({ name }) => !wanted.has(name));
  if (further !== undefined) {
    return `the last rehearsal was of ${further.name} too, which is not pending here`;
  }
  if (record.schema !== schema) return 'its schema is not the one of the last rehearsal';
  return record.passed ? undefined : `the last rehearsal, of ${record.time}, did not pass`;
}
