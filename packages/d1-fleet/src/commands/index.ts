import { pluginOf, type CommandTable } from 'd1-core/command';
import { pluginVersion } from '../plugin-version.ts';
import { migrateCommand } from './migrate.ts';
import { planCommand } from './plan.ts';
import { rollbackCommand } from './rollback.ts';
import { statusCommand } from './status.ts';

/** For the functions of the package. */
export { migrateCommand, planCommand, rollbackCommand, statusCommand };

/** All that d1-fleet does: as executors and targets of Nx, and in a terminal. */
export const COMMANDS = {
  name: 'd1-fleet',
  version: pluginVersion,
  commands: [statusCommand, planCommand, migrateCommand, rollbackCommand],
} as const satisfies CommandTable;

export const PLUGIN = pluginOf(COMMANDS);
