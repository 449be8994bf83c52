/** What other tools compose with. The target is inferred by `d1-queries/plugin`. */
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
export type { CheckedQuery, QueryCheck, QueryFinding } from './check/index.ts';
export { compareWithDeployed, type DatabaseOrder } from './run/index.ts';
export {
  compareRevisions,
  type ClassedMigration,
  type Conflict,
  type DeploymentOrder,
  type MigrationClass,
  type Revision,
} from './order/index.ts';
