import { existsSync } from 'node:fs';
import { D1Error } from 'd1-core/errors';
import { requireTaken } from 'd1-core/migrations';
import { readStatus, type DatabaseStatus } from '../survey/index.ts';
import type { Target } from 'd1-core/target';

/** The pending migrations of one database of an environment. */
export interface PendingMigrations {
  readonly target: Target;
  readonly names: readonly string[];
}

/** What is pending in the databases of an environment. A binding without a migrations folder is another Worker's. Throws `not-taken`. */
export async function findPending(targets: readonly Target[]): Promise<readonly PendingMigrations[]> {
  const pending: PendingMigrations[] = [];
  for (const target of targets.filter(({ database }) => existsSync(database.migrationsDir))) {
    const status = await readStatus(target);
    requireTaken(status.findings);
    const names = pendingNames(status);
    if (names.length > 0) pending.push({ target, names });
  }
  return pending;
}

const pendingNames = ({ migrations }: DatabaseStatus): readonly string[] =>
  migrations.filter(({ state }) => state === 'pending').map(({ name }) => name);

/** Refuses to deploy code that may need a schema that is not there yet. */
export function pendingError(pending: readonly PendingMigrations[]): D1Error | undefined {
  const [first] = pending;
  if (first === undefined) return undefined;
  const { environment } = first.target;
  const count = pending.flatMap(({ names }) => names).length;
  return new D1Error({
    code: 'migrations-pending',
    message: `${environment.name} has ${count === 1 ? 'a pending migration' : `${count} pending migrations`}; the code may need the schema that they make.`,
    fix: `Run the target "migrate" ${runsFor(pending)} first. ${byItself(first.target)}`,
    notes: [
      ...pending.flatMap(({ target, names }) => names.map((name) => `  ${target.database.binding}: ${name}`)),
      'Nothing was deployed.',
    ],
  });
}

/** One run for each database. */
const runsFor = (pending: readonly PendingMigrations[]): string =>
  pending
    .map(({ target: { environment, database } }) => {
      const choice = environment.databases.length > 1 ? ` --database=${database.binding}` : '';
      return `with --configuration=${environment.name}${choice}`;
    })
    .join(', and ');

const byItself = ({ environment }: Target): string =>
  environment.databases.length > 1
    ? 'The target "deploy" by itself migrates only the database that --database names.'
    : 'The target "deploy" does so by itself, unless its dependencies are left out.';
