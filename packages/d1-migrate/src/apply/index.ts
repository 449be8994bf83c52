export { describePending, describeResult, describeSkippedRehearsal, migrateDocument } from './describe.ts';
export { migrate, type MigrateRequest, type MigrateResult, type MigrationResult } from './migrate.ts';
export { journalEntries, record, type JournalEvent } from './record.ts';
