import type { CommandOptions, CommandResult } from '../run/index.ts';
import type { TargetOptions } from '../target/index.ts';
import {
  isOnDatabase,
  readOptions,
  requireEffective,
  type Command,
  type CommandContext,
  type CommandTable,
} from './command.ts';
import type { Unparsed } from './options.ts';

export type Success = Pick<CommandResult, 'success'>;

export type WorkOptions = TargetOptions & CommandOptions;

/** Where a run takes place. */
export type Place = Pick<CommandContext, 'workspaceRoot' | 'nx'>;

export interface Work<Options, Result extends Success = Success> {
  readonly name: string;
  /** The version of the plugin, for the audit file. */
  readonly pluginVersion: () => string;
  /** It reads files and touches no database, so no option could weaken a protection. */
  readonly isOnFiles?: boolean;
  /** Loads the work; only when Node is known to be able to. */
  readonly load: () => Promise<(options: Options, place: Place) => Promise<Result>>;
}

/** A command as work for `begin`, which gives it options that nobody has checked. */
export const workOf = (
  { version }: Pick<CommandTable, 'version'>,
  command: Pick<Command, 'name' | 'options' | 'ineffective' | 'run'>,
): Work<Partial<WorkOptions> & Unparsed, CommandResult> => ({
  name: command.name,
  pluginVersion: version,
  isOnFiles: !isOnDatabase(command),
  load: async () => {
    const { runCommand } = await import('../run/index.ts');
    return (given, place) =>
      runCommand(command.name, given, async () => {
        const options = readOptions(command.options, withoutWords(given));
        requireEffective(command, options);
        return command.run(options, { ...place, pluginVersion: version() });
      });
  },
});

/** Only Nx gives the command line as it was written. */
const withoutWords = (given: Unparsed): object =>
  Object.fromEntries(Object.entries(given).filter(([name]) => name !== '__unparsed__'));
