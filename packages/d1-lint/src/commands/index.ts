import { pluginOf, type CommandTable } from 'd1-core/command';
import { pluginVersion } from '../plugin-version.ts';
import { RUN_MARK } from '../run-mark.ts';
import { ACCEPTED_FILE, CONFIG_NAMES, FORMER_ACCEPTED_FILE } from '../words.ts';
import { explainCommand } from './explain.ts';
import { lintCommand } from './lint.ts';
import { rulesCommand } from './rules.ts';

/** For the functions of the package. */
export { explainCommand, lintCommand, rulesCommand };

/** All that d1-lint does: as an executor and a target of Nx, and in a terminal. */
export const COMMANDS = {
  name: 'd1-lint',
  version: pluginVersion,
  commands: [lintCommand, rulesCommand, explainCommand],
  otherwise: 'lint',
} as const satisfies CommandTable;

export const PLUGIN = pluginOf(COMMANDS, {
  runVariable: RUN_MARK,
  onFiles: {
    changing: ['fix', 'writeAccepted', 'since'],
    soughtUpwards: [...CONFIG_NAMES, ACCEPTED_FILE, FORMER_ACCEPTED_FILE],
  },
});
