export { loadStatements } from './load-statements.ts';
export { openDump } from './open-dump.ts';
