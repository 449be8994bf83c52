/** For the tools of this workspace; what is published has no such entry. */
export { COMMANDS } from './commands/index.ts';
export { archiveMetadata } from './format/index.ts';
