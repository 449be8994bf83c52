export { loadStatements } from './load-statements.ts';
export { splitStream } from './split-stream.ts';
