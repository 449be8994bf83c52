export { describePending, describeResult, describeSkippedRehearsal, migrateDocument } from './describe.ts';
export { migrate } from './migrate.ts';
export { journalEntries, record, type JournalEvent } from './record.ts';
export type { MigrateRequest, MigrateResult, MigrationResult } from './request.ts';
