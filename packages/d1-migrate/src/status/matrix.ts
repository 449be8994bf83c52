import { isD1Error, type D1Error } from 'd1-core/errors';
import type { Target } from 'd1-core/target';
import type { DatabaseStatus, MigrationState, MigrationStatus } from '../survey/index.ts';

/** The status of one environment, or why it could not be read. */
export type EnvironmentStatus<Status = DatabaseStatus> =
  { readonly target: Target; readonly status: Status } | { readonly target: Target; readonly error: D1Error };

/** One row for each migration, one state for each environment, in the order of the targets. */
export interface StatusMatrix<Status = DatabaseStatus> {
  readonly environments: readonly EnvironmentStatus<Status>[];
  readonly rows: readonly {
    readonly name: string;
    /** Undefined where the environment could not be read, or has nothing to do with this migration. */
    readonly states: readonly (MigrationState | undefined)[];
  }[];
  /** The most that are pending in one environment. */
  readonly pending: number;
  /** Every environment that could be read is consistent. */
  readonly consistent: boolean;
  /** In every environment that could be read wrangler applies every file that looks like a migration. */
  readonly allTaken: boolean;
  /** Every environment could be read. */
  readonly complete: boolean;
}

/** Reads all environments, one after the other: local ones share a machine, remote ones a rate limit. */
export async function readMatrix<Status extends DatabaseStatus>(
  targets: readonly Target[],
  read: (target: Target) => Promise<Status>,
): Promise<StatusMatrix<Status>> {
  const environments: EnvironmentStatus<Status>[] = [];
  for (const target of targets) {
    try {
      environments.push({ target, status: await read(target) });
    } catch (error) {
      if (!isD1Error(error)) throw error;
      environments.push({ target, error });
    }
  }
  return buildMatrix(environments);
}

function buildMatrix<Status extends DatabaseStatus>(
  environments: readonly EnvironmentStatus<Status>[],
): StatusMatrix<Status> {
  const statuses = environments.map((one) => ('status' in one ? one.status : undefined));
  const byName = statuses.map(
    (status) =>
      new Map(status?.migrations.map((migration): [string, MigrationStatus] => [migration.name, migration])),
  );
  const names = [...new Set(byName.flatMap((migrations) => [...migrations.keys()]))];
  return {
    environments,
    rows: names.map((name) => ({ name, states: byName.map((migrations) => migrations.get(name)?.state) })),
    pending: Math.max(0, ...statuses.map((status) => status?.pending ?? 0)),
    consistent: statuses.every((status) => status?.consistent ?? true),
    allTaken: statuses.every((status) => status?.allTaken ?? true),
    complete: statuses.every((status) => status !== undefined),
  };
}
