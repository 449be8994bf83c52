import { pluginOf, type CommandTable } from 'd1-core/command';
import { pluginVersion } from '../plugin-version.ts';
import { RUN_MARK } from '../run-mark.ts';
import { checkCommand } from './check.ts';

/** For the functions of the package. */
export { checkCommand };

/** All that d1-queries does: as an executor and a target of Nx, and in a terminal. */
export const COMMANDS = {
  name: 'd1-queries',
  version: pluginVersion,
  commands: [checkCommand],
} as const satisfies CommandTable;

export const PLUGIN = pluginOf(COMMANDS, {
  runVariable: RUN_MARK,
  onFiles: {
    changing: ['write', 'deployed'],
    soughtUpwards: ['tsconfig.json', 'tsconfig.base.json', 'package.json'],
    hasSource: true,
  },
});
