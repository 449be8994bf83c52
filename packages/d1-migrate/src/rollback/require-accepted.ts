import { D1Error } from 'd1-core/errors';
import { sameName } from 'd1-core/sql';
import type { RollbackPlan } from './rollback.ts';

/** On a protected environment every table that loses something has to be named. */
export function requireAccepted(
  { survey, scripts, losses }: RollbackPlan,
  accepted: readonly string[],
  dryRun: boolean,
): void {
  if (dryRun || !survey.target.environment.protected) return;
  const tables = [...losses, ...scripts.flatMap((script) => script.losses)].map(({ table }) => table);
  const missing = [...new Set(tables)].filter((table) => !accepted.some((name) => sameName(name, table)));
  if (missing.length === 0) return;
  throw new D1Error({
    code: 'data-loss-not-accepted',
    message: `${missing.join(', ')} would lose rows or values in ${survey.target.environment.name}.`,
    fix: `See with --dryRun what it is. To go on: --acceptDataLoss=${[...new Set(tables)].join(',')}`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}
