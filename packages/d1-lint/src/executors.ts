import { executorOf } from 'd1-core/command';
import { COMMANDS } from './commands/index.ts';

const [first] = COMMANDS.commands;

// A constant: ESLint's check of executors.json finds no others but those that are written out.
export const lint = executorOf(COMMANDS, first);
