import { executorOf } from 'd1-core/command';
import { COMMANDS } from './commands/index.ts';

const [first] = COMMANDS.commands;

const lint = executorOf(COMMANDS, first);

// As a list: ESLint's check of executors.json finds no others but functions that are written out.
export { lint };
