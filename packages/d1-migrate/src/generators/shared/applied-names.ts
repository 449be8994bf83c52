import type { Environment } from 'd1-core/environment';
import { readDatabaseState } from 'd1-core/records';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkTargetStamp, openTarget, resolveTarget, type Target } from 'd1-core/target';
import type { Site, Worker } from 'd1-core/site';

/** The names in the history of an environment's database. */
export type AppliedNames = (environment: Environment) => Promise<readonly string[]>;

/** Reads them from the databases themselves. */
export function appliedNamesOf(
  {
    tree,
    options: { environments: settings, persistTo },
  }: { readonly tree: Pick<Site['tree'], 'root'>; readonly options: Site['options'] },
  { wranglerConfig }: Worker,
  binding: string,
): AppliedNames {
  return async (environment) => {
    const target = resolveTarget(
      { wranglerConfig, environment: environment.name, database: binding, persistTo, settings },
      tree.root,
    );
    return isLocalWithoutState(target) ? [] : readNames(target);
  };
}

/** To open a local database is to create it; where none was ever made there is nothing to read. */
const isLocalWithoutState = ({ environment, persistTo }: Target): boolean =>
  environment.location === 'local' && !existsSync(join(persistTo, 'v3', 'd1'));

async function readNames(target: Target): Promise<readonly string[]> {
  const d1 = openTarget(target);
  try {
    const { history, stamp } = await readDatabaseState(d1, target.database.migrationsTable);
    checkTargetStamp(target, stamp);
    return history.map(({ name }) => name);
  } finally {
    await d1.close();
  }
}
