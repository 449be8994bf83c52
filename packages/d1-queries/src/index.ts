/**
 * The SQL in the source of a Worker, for scripts and tests. Nothing is printed; what cannot be done throws `D1Error`.
 */
import { functionOf } from 'd1-core/script';
import { COMMANDS, checkCommand } from './commands/index.ts';

/**
 * Compiles every query of a Worker on the schema that its migrations give. `checks` has one entry for each database, with its
 * queries and findings; `orders` compares with the `deployed` code, where that is named.
 *
 * @example
 * ```ts
 * import { checkQueries } from 'd1-queries';
 *
 * const { checks } = await checkQueries({ folder: 'apps/api' });
 * ```
 */
export const checkQueries = functionOf(COMMANDS, checkCommand, ['maxScans', 'maxDynamic']);

export { D1Error, isD1Error } from 'd1-core/errors';
export { checkWorker, workersOf, type Worker, type WorkerCheck } from './run/index.ts';
export {
  findQueries,
  type Builder,
  type Dynamic,
  type FindOptions,
  type FoundQueries,
  type Place,
  type Query,
  type Unread,
} from './find/index.ts';
export type { CheckedQuery, MigrationText, QueryCheck, QueryFinding } from './check/index.ts';
export {
  compareWithDeployed,
  faultsOn,
  orderFor,
  type DeployedCode,
  type Fault,
  type LiveDatabase,
  type NotPossible,
} from './run/index.ts';
export {
  compareRevisions,
  type ClassedMigration,
  type Conflict,
  type DatabaseOrder,
  type DeploymentOrder,
  type MigrationClass,
  type Revision,
} from './order/index.ts';
