import { lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { requireTaken } from 'd1-core/migrations';
import { describeSchemaChanges } from 'd1-core/schema';
import { whereOf, type Target } from 'd1-core/target';
import { readStanding } from '../status/index.ts';

/**
 * Checks that a database is as the code expects it, and returns what is pending in it. Throws `not-taken`, and `drifted`
 * where its schema is not what its migrations give.
 */
export async function checkDatabase(target: Target): Promise<readonly string[]> {
  const { findings, migrations, drift } = await readStanding(target);
  requireTaken(findings);
  if (drift.changes.length > 0) {
    throw new D1Error({
      code: 'drifted',
      message: `The schema of ${target.environment.name} is not what its migrations give; the code may need one that is not there.`,
      fix: `See with "${lineFor(whereOf(target), 'd1-migrate:status')}" what differs, and the ways out.`,
      notes: describeSchemaChanges(drift.changes).map((line) => `  ${line}`),
    });
  }
  return migrations.filter(({ state }) => state === 'pending').map(({ name }) => name);
}
