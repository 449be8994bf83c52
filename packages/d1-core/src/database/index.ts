export type { D1, Row } from './d1.ts';
export { copyBlocks, copyDatabase, copyToShadow, openShadowD1 } from './shadow.ts';
export { hasLocalDatabases, localDatabaseFile, type LocalDatabase } from './database-file.ts';
export {
  type Engine,
  type EngineOptions,
  type RunningWorker,
  startEngine,
  startWorker,
  type TransactionResults,
  type WorkerOptions,
} from './engine.ts';
export { openLocalD1 } from './local.ts';
export {
  executeScript,
  exportDatabase,
  fitsOnCommandLine,
  listDatabases,
  openRemoteD1,
  readBookmark,
  restoreBookmark,
} from './remote.ts';
export type { AccountDatabase, RemoteDatabase } from '../cloudflare/index.ts';
