import type { D1 } from 'd1-core/database';
import type { MigrationFile } from 'd1-core/migrations';
import { fingerprint } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { notRehearsed, requirePass, type Pass } from '../rehearse/pass.ts';
import { requireRehearsal } from '../rehearse/require-rehearsal.ts';
import { surveySchema, type Survey } from '../status/index.ts';
import type { MigrateRequest } from './migrate.ts';

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
  { target, skipRehearsal, plan, rehearsedOn }: MigrateRequest,
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
