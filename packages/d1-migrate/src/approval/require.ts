import type { Row, D1 } from 'd1-core/database';
import { commandLine, lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { isOurTable } from 'd1-core/records';
import type { MigrationFile } from 'd1-core/migrations';
import { fingerprint, readCatalog, type Schema, schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { whereOf, type Target } from 'd1-core/target';
import { type Survey, surveySchema } from '../survey/index.ts';
import { fromWhereItStands, isDone, planDifferences, plannedState, type ApprovedPlan } from './plan.ts';
import {
  notRehearsed,
  type Pass,
  requirePass,
  readRecord,
  type RecordedMigration,
  type RehearsalRecord,
} from './rehearsal.ts';

/**
 * Refuses a plan that must not be applied to a target, whatever is in its database. Throws D1Error
 * `plan-of-another-database` or `plan-not-ready`.
 */
export function requireUsablePlan({ state, ready, problems }: ApprovedPlan, target: Target): void {
  const { environment, database } = target;
  const isSame =
    state.environment === environment.name &&
    state.database.binding === database.binding &&
    state.database.id === (database.databaseId ?? null) &&
    state.database.name === (database.databaseName ?? null);
  if (!isSame) {
    throw refused(
      'plan-of-another-database',
      `The plan is for ${describe(state.environment, state.database)}, and this is ${describe(
        environment.name,
        {
          binding: database.binding,
          name: database.databaseName ?? null,
          id: database.databaseId ?? null,
        },
      )}.`,
      `Run "${lineFor({ environment: state.environment, database: state.database.binding }, 'd1-migrate:migrate', '--plan=<file>')}", or make a plan for this database with "${lineFor(whereOf(target), 'd1-migrate:plan', '--output=<file>')}".`,
    );
  }
  if (ready) return;
  throw refused(
    'plan-not-ready',
    `The plan must not be applied: ${problems[0] ?? 'it says so itself.'}`,
    `Put that right, and make a new plan with "${commandLine('d1-migrate:plan', '--output=<file>')}".`,
    problems.slice(1),
  );
}

const describe = (environment: string, { binding, name, id }: ApprovedPlan['state']['database']): string =>
  `${environment}, database ${name ?? binding} (binding ${binding}, ${id === null ? 'no id' : `id ${id}`})`;

/**
 * Refuses a plan when anything of it has changed. Throws D1Error `plan-changed`, which says all that has. A plan that is
 * already applied, and nothing else beside it, is no change: then nothing is pending. Nor is one of which the first migrations are
 * applied, and the schema is what they gave in the rehearsal: the code is deployed in between.
 */
export async function requireUnchanged(
  plan: ApprovedPlan,
  survey: Survey,
  pending: readonly MigrationFile[],
  pluginVersion: string,
): Promise<void> {
  const now = await plannedState(survey, pending, pluginVersion);
  if (isDone(plan.state, now)) return;
  const [first, ...others] = planDifferences(fromWhereItStands(plan.state, now), now);
  if (first === undefined) return;
  throw refused(
    'plan-changed',
    `The plan of ${plan.time} does not hold any more. ${first}`,
    `Make a new plan with "${lineFor({ environment: plan.state.environment }, 'd1-migrate:plan', '--output=<file>')}", and have it approved.`,
    others,
  );
}

const refused = (code: string, message: string, fix: string, notes: readonly string[] = []): D1Error =>
  new D1Error({ code, message, fix, notes: [...notes, 'Nothing was changed.'], exitCode: 2 });

/** Says so when a database has another schema after a plan than the rehearsal had; `rows` are those of its catalog, after `last`. */
export async function schemaWarnings(
  { schemaAfter, state }: ApprovedPlan,
  { database }: Target,
  rows: readonly Row[] | undefined,
  last: string,
): Promise<readonly string[]> {
  if (rows === undefined) return ['The schema could not be compared with the one that the plan expects.'];
  const catalog = readCatalog(rows).filter(({ table }) => !isOurTable(table, database.migrationsTable));
  const found = fingerprint(await schemaOf(catalog), await loadTokenizer());
  const planned = state.migrations.find(({ name }) => name === last)?.schema ?? schemaAfter;
  return found === planned
    ? []
    : [
        `The schema is not the one that the plan expects; "${commandLine('d1-migrate:status')}" shows what differs.`,
      ];
}

/** What a run has been allowed to do, and by what. */
export interface Approval {
  readonly target: Target;
  /** Change a protected environment without a rehearsal of exactly these migrations; the journal notes it. */
  readonly skipRehearsal?: boolean | undefined;
  /** Take a rehearsal on this file for one on the data of a protected environment; the journal notes it. */
  readonly rehearsedOn?: string | undefined;
  /** Git refs of the code that is deployed, beside what the journal says; the journal notes it. */
  readonly deployed?: readonly string[] | undefined;
  /** How many queries of that code may break; the journal notes it. */
  readonly acceptBrokenQueries?: number | undefined;
  /** What was approved: only that is applied, and its rehearsal is the one that a protected environment needs. */
  readonly plan?: ApprovedPlan | undefined;
}

/** A rehearsal that holds. */
export interface Rehearsed {
  readonly pass: Pass;
  /** Whether it was of just what is pending, not of something before it too. */
  readonly isWhole: boolean;
}

/** Hours within which a plan has to be approved and applied. */
const PLAN_HOURS = 7 * 24;

/**
 * Makes sure that a protected environment gets only migrations that were rehearsed on its data, lately. A database
 * without tables has none. Returns what the rehearsal saw; undefined where there was none. Throws D1Error `not-rehearsed`.
 */
export async function requireRehearsed(
  d1: D1,
  survey: Survey,
  pending: readonly MigrationFile[],
  { target, skipRehearsal, plan, rehearsedOn }: Approval,
): Promise<Rehearsed | undefined> {
  if (skipRehearsal === true) return undefined;
  const isWhole = pending.length === plan?.state.migrations.length;
  if (!target.environment.protected) return plan?.data && { pass: plan.data, isWhole };
  const schema = await surveySchema(survey);
  if (schema.tables().length === 0) return undefined;
  if (plan === undefined) {
    return requireRehearsal(d1, {
      target,
      schema: fingerprint(schema, await loadTokenizer()),
      tables: tablesOf(schema),
      migrations: pending.map(({ name }) => ({ name, tokens: survey.checksumsOf(name).tokens })),
      rehearsedOn,
    });
  }
  const what = 'the rehearsal of the plan';
  if (plan.data === undefined) throw notRehearsed(target, `${what} does not say what it was made on`, 'plan');
  const tables = isWhole ? undefined : tablesOf(schema);
  await requirePass(d1, plan.data, { target, what, hours: PLAN_HOURS, renew: 'plan', rehearsedOn, tables });
  return { pass: plan.data, isWhole };
}

const tablesOf = (schema: Schema): ReadonlySet<string> => new Set(schema.tables().map(({ name }) => name));

export interface RehearsalNeed {
  readonly target: Target;
  /** The fingerprint of the schema now. */
  readonly schema: string;
  /** The tables that are there. */
  readonly tables: ReadonlySet<string>;
  /** What is about to be applied. */
  readonly migrations: readonly RecordedMigration[];
  /** The file that somebody has named to accept a rehearsal on it. */
  readonly rehearsedOn: string | undefined;
}

/** Hours after which other data has to be expected. */
const HOURS = 24;

/**
 * Throws D1Error `not-rehearsed` unless the last rehearsal was of exactly these migrations, on the data and the schema of
 * this database, lately, and passed. Its first migrations may be applied, where the schema is what they gave in the rehearsal.
 */
export async function requireRehearsal(d1: D1, need: RehearsalNeed): Promise<Rehearsed> {
  const { target, rehearsedOn } = need;
  const record = await readRecord(target);
  if (record === undefined)
    throw notRehearsed(target, 'these migrations have not been rehearsed on its data', 'rehearsal');
  const left = stillToDo(record, need);
  const reason = reasonAgainst(left, need);
  if (reason !== undefined) throw notRehearsed(target, reason, 'rehearsal');
  await requirePass(d1, record, {
    target,
    what: 'the last rehearsal',
    hours: HOURS,
    renew: 'rehearsal',
    rehearsedOn,
    tables: left === record ? undefined : need.tables,
  });
  return { pass: record, isWhole: left === record };
}

/** The rehearsal without its first migrations, where just the others are left and the schema is what the first ones gave. */
function stillToDo(record: RehearsalRecord, { schema, migrations }: RehearsalNeed): RehearsalRecord {
  const done = record.migrations.length - migrations.length;
  const last = record.migrations[done - 1];
  return last === undefined || last.schema !== schema
    ? record
    : { ...record, schema, migrations: record.migrations.slice(done) };
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
