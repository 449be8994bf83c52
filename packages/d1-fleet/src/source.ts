/** For the tools of this repository. */
export { COMMANDS } from './commands/index.ts';
