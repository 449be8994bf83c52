/** What this repository uses of the package. It is not published. */
export { COMMANDS } from './commands/index.ts';
