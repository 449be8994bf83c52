export { findConfig } from './files.ts';
export { exitCodes } from './help.ts';
export { runCli } from './run-cli.ts';
