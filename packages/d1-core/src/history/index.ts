export {
  changedTables,
  isOwnTable,
  ownTableChanges,
  recordFlaws,
  type OwnTableChange,
} from './own-tables.ts';
export { isOurTable, JOURNAL_TABLE, METADATA_TABLE } from './tables.ts';
export {
  isInHistory,
  isNotInJournal,
  journalStatements,
  ownEntries,
  type ArchiveRestoreDetail,
  type JournalAction,
  type JournalEntry,
  type JournalOutcome,
  type NewJournalEntry,
} from './journal.ts';
export {
  freeLockStatement,
  hasTakenLock,
  heldLock,
  holdsLock,
  lastLock,
  lostLock,
  readLockStatement,
  releaseLockStatement,
  renewLockStatement,
  requireLock,
  requireStatement,
  takeLockStatements,
  underLock,
  type Lock,
  type LockToken,
} from './lock.ts';
export {
  advanceRestoreStatement,
  endRestoreStatement,
  isRestoredTo,
  readRestoreMarkStatement,
  requireWhole,
  restoreMarkOf,
  writeRestoreMarkStatements,
  type RestoreMark,
} from './restore-mark.ts';
export { appliedTexts, takenOutOfHistory, type AppliedText } from './applied-texts.ts';
export { checkStamp, stampStatements } from './stamp.ts';
export {
  EMPTY_STATE,
  ownRecordsOf,
  readDatabaseState,
  readOwnRecordsStatements,
  type OwnRecords,
  type AppliedMigration,
  type DatabaseState,
} from './state.ts';
export {
  createHistoryStatement,
  forgetStatement,
  isHistory,
  readHistoryStatement,
  recordStatement,
} from './history.ts';
