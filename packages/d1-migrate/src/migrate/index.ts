export { takeBookmark } from './bookmark.ts';
export { describeBookmark, describePending, describeResult, describeSkippedRehearsal } from './describe.ts';
export { migrateDocument } from './document.ts';
export { migrate, type MigrateRequest, type MigrateResult, type MigrationResult } from './migrate.ts';
