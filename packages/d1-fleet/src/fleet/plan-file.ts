import { readFile } from 'node:fs/promises';
import { hashOf } from 'd1-core/audit';
import { commandLine } from 'd1-core/door';
import { D1Error, messageOf } from 'd1-core/errors';
import { replaceFile } from 'd1-core/node';
import type { Target } from 'd1-core/target';
import * as v from 'valibot';
import type { DesiredMigration } from '../member/desired.ts';
import type { Look } from '../member/look.ts';

const VERSION = 1;

const rehearsal = v.object({
  id: v.string(),
  name: v.string(),
  /** `passed`, or what went wrong. */
  outcome: v.string(),
  /** Milliseconds that the migrations took. */
  durationMs: v.number(),
  /** Rows of the tables that the migrations write or define: as many as a run writes at most, but for indexes. */
  rows: v.number(),
});

const group = v.object({
  /** The names that are applied in each of its databases, in order. */
  history: v.array(v.string()),
  /** SHA-256 of what their schema means. */
  schema: v.string(),
  databases: v.number(),
  pending: v.array(v.string()),
  rehearsals: v.array(rehearsal),
  /** Whether every rehearsal of the group passed. */
  passed: v.boolean(),
});

const content = v.object({
  version: v.literal(VERSION),
  /** UTC, ISO 8601. */
  time: v.string(),
  environment: v.string(),
  /** The binding, whose migrations folder it is. */
  binding: v.string(),
  /** Every migration of the folder, in order. */
  migrations: v.array(v.object({ name: v.string(), tokens: v.string() })),
  groups: v.array(group),
});

const planFile = v.object({ ...content.entries, hash: v.string() });

/** One rehearsal on a copy of one database. */
export type Rehearsed = v.InferOutput<typeof rehearsal>;
/** Databases with the same history and the same schema. */
export type PlannedGroup = v.InferOutput<typeof group>;
/** What `fleet-migrate --plan` may do. */
export type PlanContent = v.InferOutput<typeof content>;
/** The same, as it was read; `hash` is what the audit file names it by. */
export type ApprovedPlan = v.InferOutput<typeof planFile>;

/** Seals a plan with the SHA-256 of its content. */
export const sealed = (plan: Omit<PlanContent, 'version'>): ApprovedPlan => {
  const whole = { version: VERSION, ...plan } as const;
  return { ...whole, hash: hashOf(whole) };
};

/** Writes a plan. A reader finds the whole file, or the one of before. */
export const writePlan = (file: string, plan: ApprovedPlan): Promise<void> =>
  replaceFile(file, `${JSON.stringify(plan, null, 2)}\n`);

/** Reads a plan. Throws D1Error `no-plan`, `not-a-plan` or `plan-edited`. */
export async function readPlan(file: string): Promise<ApprovedPlan> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw refused('no-plan', `The plan ${file} cannot be read: ${messageOf(cause)}`);
  });
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), planFile), text);
  if (!read.success) {
    const [issue] = read.issues;
    const place = v.getDotPath(issue);
    throw refused('not-a-plan', `${file} is not a plan of fleet-plan: ${place ?? 'it'}: ${issue.message}.`);
  }
  const { hash, ...rest } = read.output;
  if (hash !== hashOf(rest))
    throw refused('plan-edited', `The plan ${file} is not as it was written: its hash does not fit.`);
  return read.output;
}

/** Hours within which a plan has to be approved and applied. */
const HOURS = 7 * 24;

/**
 * Refuses a plan that does not fit the target or its migrations folder as they are now. Throws D1Error
 * `plan-of-another-database` or `plan-outdated`.
 */
export function requireUsable(
  { environment, binding, migrations, time }: PlanContent,
  target: Target,
  desired: readonly DesiredMigration[],
): void {
  if (environment !== target.environment.name || binding !== target.database.binding)
    throw refused(
      'plan-of-another-database',
      `The plan is for ${binding} in ${environment}, and this is ${target.database.binding} in ${target.environment.name}.`,
    );
  const age = (Date.now() - Date.parse(time)) / 3_600_000;
  if (!(age <= HOURS)) throw refused('plan-outdated', `The plan is of ${time}: it holds for seven days.`);
  const length = Math.max(migrations.length, desired.length);
  for (let index = 0; index < length; index += 1) {
    const [planned, now] = [migrations[index], desired[index]];
    if (planned?.name === now?.name && planned?.tokens === now?.checksums.tokens) continue;
    throw refused(
      'plan-outdated',
      planned?.name === now?.name
        ? `${now?.name} was changed after the plan was made.`
        : `The migrations are not those of the plan: ${now?.name ?? 'nothing'} stands where the plan has ${planned?.name ?? 'nothing'}.`,
    );
  }
}

/** What a plan knows databases by. */
export const groupKey = ({ schema, history }: Pick<Look, 'schema' | 'history'>): string =>
  JSON.stringify([schema, history]);

/** Whether databases as one looks are in a group of the plan that passed. */
export function allowedBy({ groups }: PlanContent): (look: Look) => boolean {
  const keys = new Set(groups.filter(({ passed }) => passed).map(groupKey));
  return (look) => keys.has(groupKey(look));
}

const refused = (code: string, message: string): D1Error =>
  new D1Error({
    code,
    message,
    fix: `Make a new one, and have it approved: ${commandLine('d1-fleet:plan', '--output=<file>')}`,
    notes: ['No database was changed.'],
    exitCode: 2,
  });
