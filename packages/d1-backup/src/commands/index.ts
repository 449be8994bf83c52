import { pluginOf, type CommandTable } from 'd1-core/command';
import { backupCommand } from './backup.ts';
import { listCommand } from './list.ts';
import { pruneCommand } from './prune.ts';
import { restoreCommand } from './restore.ts';
import { verifyCommand } from './verify.ts';
import { pluginVersion } from '../plugin-version.ts';

/** For the functions of the package. */
export { backupCommand, listCommand, pruneCommand, restoreCommand, verifyCommand };

/** All that d1-backup does: as executors and targets of Nx, and in a terminal. */
export const COMMANDS = {
  name: 'd1-backup',
  version: pluginVersion,
  commands: [backupCommand, restoreCommand, verifyCommand, listCommand, pruneCommand],
} as const satisfies CommandTable;

export const PLUGIN = pluginOf(COMMANDS);
