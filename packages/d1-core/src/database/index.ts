export type { D1, Row } from './d1.ts';
export { copyBlocks, copyDatabase } from './copy-database.ts';
export { hasLocalDatabases, localDatabaseFile, type LocalDatabase } from './database-file.ts';
export { startEngine, type Engine, type EngineOptions, type TransactionResults } from './engine.ts';
export { startWorker, type RunningWorker, type WorkerOptions } from './miniflare.ts';
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
export { copyToShadow, openShadowD1 } from './shadow.ts';
