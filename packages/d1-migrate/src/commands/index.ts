import { pluginOf, type CommandTable } from 'd1-core/command';
import { pluginVersion } from '../plugin-version.ts';
import { baselineCommand } from './baseline.ts';
import { deployCommand } from './deploy.ts';
import { migrateCommand } from './migrate.ts';
import { planCommand } from './plan.ts';
import { resetCommand } from './reset.ts';
import { rollbackCommand } from './rollback.ts';
import { schemaDocsCommand } from './schema-docs.ts';
import { statusCommand } from './status.ts';
import { unlockCommand } from './unlock.ts';
import { validateCommand } from './validate.ts';

/** For the functions of the package. */
export {
  baselineCommand,
  migrateCommand,
  planCommand,
  resetCommand,
  rollbackCommand,
  schemaDocsCommand,
  statusCommand,
  unlockCommand,
  validateCommand,
};
export { byScript } from './rollback.ts';
export { statusOfAll, statusOfOne } from './status.ts';

/** All that d1-migrate does: as executors and targets of Nx, and in a terminal. */
export const COMMANDS = {
  name: 'd1-migrate',
  version: pluginVersion,
  commands: [
    migrateCommand,
    rollbackCommand,
    statusCommand,
    planCommand,
    validateCommand,
    resetCommand,
    baselineCommand,
    unlockCommand,
    schemaDocsCommand,
    deployCommand,
  ],
} as const satisfies CommandTable;

/** The environment variable that is an input of the cached targets. */
export const RUN_MARK = 'D1_MIGRATE_RUN';

export const PLUGIN = pluginOf(COMMANDS, { runVariable: RUN_MARK });
