import { executorOf } from 'd1-core/command';
import { COMMANDS } from './commands/index.ts';

const [status, plan, migrate, rollback] = COMMANDS.commands.map((command) => executorOf(COMMANDS, command));

// As a list: ESLint's check of executors.json finds no others but functions that are written out.
export { status, plan, migrate, rollback };
