import type { Row } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { isOurTable } from 'd1-core/history';
import type { MigrationFile } from 'd1-core/migrations';
import { fingerprint, readCatalog, schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import type { Survey } from '../survey/index.ts';
import { isDone, planDifferences, plannedState } from './planned-state.ts';
import type { ApprovedPlan } from './read-plan.ts';

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
      `Run with --configuration=${state.environment}, or make a plan for this database with the target "plan" and --output=<file>.`,
    );
  }
  if (ready) return;
  throw refused(
    'plan-not-ready',
    `The plan must not be applied: ${problems[0] ?? 'it says so itself.'}`,
    'Put that right, and make a new plan with the target "plan" and --output=<file>.',
    problems.slice(1),
  );
}

const describe = (environment: string, { binding, name, id }: ApprovedPlan['state']['database']): string =>
  `${environment}, database ${name ?? binding} (binding ${binding}, ${id === null ? 'no id' : `id ${id}`})`;

/**
 * Refuses a plan when anything of it has changed. Throws D1Error `plan-changed`, which says all that has. A plan that is
 * already applied, and nothing else beside it, is no change: then nothing is pending.
 */
export async function requireUnchanged(
  plan: ApprovedPlan,
  survey: Survey,
  pending: readonly MigrationFile[],
  pluginVersion: string,
): Promise<void> {
  const now = await plannedState(survey, pending, pluginVersion);
  if (isDone(plan.state, now)) return;
  const [first, ...others] = planDifferences(plan.state, now);
  if (first === undefined) return;
  throw refused(
    'plan-changed',
    `The plan of ${plan.time} does not hold any more. ${first}`,
    `Make a new plan with the target "plan", --configuration=${plan.state.environment} and --output=<file>, and have it approved.`,
    others,
  );
}

const refused = (code: string, message: string, fix: string, notes: readonly string[] = []): D1Error =>
  new D1Error({ code, message, fix, notes: [...notes, 'Nothing was changed.'], exitCode: 2 });

/** Says so when a database has another schema behind a plan than the rehearsal had; `rows` are those of its catalog. */
export async function schemaWarnings(
  { schemaAfter }: ApprovedPlan,
  { database }: Target,
  rows: readonly Row[] | undefined,
): Promise<readonly string[]> {
  if (rows === undefined) return ['The schema could not be compared with the one that the plan expects.'];
  const catalog = readCatalog(rows).filter(({ table }) => !isOurTable(table, database.migrationsTable));
  const found = fingerprint(await schemaOf(catalog), await loadTokenizer());
  return found === schemaAfter
    ? []
    : ['The schema is not the one that the plan expects; the target "status" shows what differs.'];
}
