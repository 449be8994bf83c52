export { backup } from './backup.ts';
export { backupDocument, describeBackup } from './describe.ts';
export { isIncomplete } from './request.ts';
