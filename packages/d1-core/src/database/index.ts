export type { D1, Row } from './d1.ts';
export { copyBlocks, copyDatabase } from './copy-database.ts';
export { localDatabaseFile } from './database-file.ts';
export { startEngine, type Engine, type EngineOptions, type TransactionResults } from './engine.ts';
export { startWorker, type RunningWorker, type WorkerOptions } from './miniflare.ts';
export { hasLocalDatabases, openLocalD1, type LocalDatabase } from './local.ts';
export { fitsOnCommandLine, openRemoteD1, type RemoteDatabase } from './remote.ts';
export { executeScript } from './execute-script.ts';
export { copyToShadow, openShadowD1 } from './shadow.ts';
