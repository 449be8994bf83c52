export { loadStatements, type BatchSize } from './load-statements.ts';
export { openDump } from './open-dump.ts';
export { makeThrowAwayDatabase, type ThrowAwayDatabase } from './throw-away-database.ts';
