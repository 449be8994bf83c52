export { readRecorded } from '../find/index.ts';
export { describeNewestModule, keepNewestModule } from './newest-migrations.ts';
export { checkWorker, workersOf, type Worker, type WorkerCheck } from './check-worker.ts';
export {
  annotations,
  checkDocument,
  exitCodeOf,
  describeCheck,
  placeText,
  reportPage,
  type Limits,
} from './describe.ts';
export {
  compareWithDeployed,
  faultsOn,
  orderFor,
  type Fault,
  type LiveDatabase,
  type NotPossible,
} from './deployed.ts';
export type { DeployedCode } from './revision.ts';
