import { lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { whereOf, type Target } from 'd1-core/target';

/** The pending migrations of one database of an environment. */
export interface PendingMigrations {
  readonly target: Target;
  readonly names: readonly string[];
}

/** Refuses to deploy code that may need a schema that is not there yet. */
export function pendingError(pending: readonly PendingMigrations[]): D1Error | undefined {
  const [first] = pending;
  if (first === undefined) return undefined;
  const { environment } = first.target;
  const count = pending.flatMap(({ names }) => names).length;
  return new D1Error({
    code: 'migrations-pending',
    message: `${environment.name} has ${count === 1 ? 'a pending migration' : `${count} pending migrations`}; the code may need the schema that they make.`,
    fix: `Run first ${runsFor(pending)}; or "${lineFor({ environment: environment.name, database: null }, 'd1-migrate:deploy')}", which migrates all databases.`,
    notes: pending.flatMap(({ target, names }) =>
      names.map((name) => `  ${target.database.binding}: ${name}`),
    ),
  });
}

/** One run for each database. */
const runsFor = (pending: readonly PendingMigrations[]): string =>
  pending.map(({ target }) => `"${lineFor(whereOf(target), 'd1-migrate:migrate')}"`).join(' and ');
