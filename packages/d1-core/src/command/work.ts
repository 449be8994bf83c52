import type { CommandResult } from '../run/index.ts';
import type { Work, WorkOptions } from './begin.ts';
import { readOptions, type Command, type CommandTable } from './command.ts';
import type { Unparsed } from './read-texts.ts';

/** A command as work for `begin`, which gives it options that nobody has checked. */
export const workOf = (
  { version }: Pick<CommandTable, 'version'>,
  { name, options, run }: Command,
): Work<WorkOptions & Unparsed, CommandResult> => ({
  name,
  pluginVersion: version,
  load: async () => {
    const { runCommand } = await import('../run/index.ts');
    return (given, workspaceRoot) =>
      runCommand(name, given, async () =>
        run(readOptions(options, withoutWords(given)), { workspaceRoot, pluginVersion: version() }),
      );
  },
});

/** Only Nx gives the command line as it was written. */
const withoutWords = (given: Unparsed): object =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name !== '__unparsed__'));
