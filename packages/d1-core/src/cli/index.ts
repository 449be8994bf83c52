export { findConfig } from './files.ts';
export { exitCodes } from './help.ts';
export { optionsInFolder, runCli } from './run-cli.ts';
