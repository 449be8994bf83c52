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
