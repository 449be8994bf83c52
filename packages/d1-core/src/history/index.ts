export { isOurTable, JOURNAL_TABLE, METADATA_TABLE } from './tables.ts';
export {
  journalStatements,
  latestChecksums,
  type JournalAction,
  type JournalEntry,
  type JournalOutcome,
  type NewJournalEntry,
} from './journal.ts';
export { checkStamp, stampStatements } from './stamp.ts';
export { EMPTY_STATE, readDatabaseState, type AppliedMigration, type DatabaseState } from './state.ts';
export { createHistoryStatement, recordStatement } from './history.ts';
