export { exitCodes } from './help.ts';
export { runCli } from './run-cli.ts';
