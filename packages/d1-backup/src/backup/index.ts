export { backup } from './backup.ts';
export { backupDocument, describeBackup } from './describe.ts';
export { isIncomplete, type BackupRequest, type BackupResult } from './request.ts';
