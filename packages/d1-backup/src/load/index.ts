export { loadStatements } from './load-statements.ts';
