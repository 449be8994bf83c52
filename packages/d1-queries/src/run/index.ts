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
export { compareWithDeployed, describeOrder, orderDocument, type DatabaseOrder } from './deployed.ts';
