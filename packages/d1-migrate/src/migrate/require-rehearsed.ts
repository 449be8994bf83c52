import type { MigrationFile } from 'd1-core/migrations';
import { fingerprint } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { requireRehearsal } from '../rehearse/require-rehearsal.ts';
import { surveySchema, type Survey } from '../status/index.ts';
import type { MigrateRequest } from './migrate.ts';

/**
 * Sees to it that a protected environment gets only migrations that were rehearsed on its data. A database without
 * tables has none. Throws D1Error `not-rehearsed`.
 */
export async function requireRehearsed(
  survey: Survey,
  pending: readonly MigrationFile[],
  { target, skipRehearsal, plan }: MigrateRequest,
): Promise<void> {
  if (!target.environment.protected || skipRehearsal === true || plan !== undefined) return;
  const schema = await surveySchema(survey);
  if (schema.tables().length === 0) return;
  await requireRehearsal({
    target,
    schema: fingerprint(schema, await loadTokenizer()),
    migrations: pending.map(({ name }) => ({ name, tokens: survey.checksumsOf(name).tokens })),
  });
}
