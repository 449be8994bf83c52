import type { InferInput, StrictObjectSchema } from 'valibot';
import {
  isOnDatabase,
  readOptions,
  requireEffective,
  type Command,
  type CommandTable,
  type OptionEntries,
} from '../command/index.ts';
import { atDoor } from '../door/index.ts';
import { D1Error } from '../errors/index.ts';
import { requireNode } from '../node/index.ts';
import type { Outcome } from '../run/index.ts';

/** How a command found things, for a script. */
type Answer<Result> = Outcome & { readonly result: Result };

/** What files alone may say, and what is about a report that a script does not get. */
type NotForScripts = 'settings' | 'wranglerConfig' | 'json' | 'verbose';

/** The options of a function: those of the command, by their names in Nx, and where the Worker is. */
export type ScriptOptions<Entries extends OptionEntries, Left extends string = never> = Omit<
  InferInput<StrictObjectSchema<Entries, undefined>>,
  NotForScripts | Left
> & {
  /**
   * The folder of the Worker, where its wrangler config is, or one below it; relative to the working directory, which is meant
   * without it. Paths in the other options are relative to it.
   */
  readonly folder?: string;
};

/** A command as a function: it prints nothing, asks nothing, and throws `D1Error`. */
export type ScriptFunction<Entries extends OptionEntries, Result, Left extends string = never> = (
  options?: ScriptOptions<Entries, Left>,
) => Promise<Result>;

/**
 * A command as a function for scripts. What protects an environment comes from the files around the Worker, as in a terminal:
 * a protected one is changed only with `confirm`, the name of its database. `left` are options that mean nothing there.
 */
export function functionOf<Entries extends OptionEntries, Result, const Left extends string = never>(
  table: CommandTable,
  command: Pick<Command<Entries, Answer<Result>>, 'name' | 'options' | 'ineffective' | 'run'>,
  left: readonly Left[] = [],
): ScriptFunction<Entries, Result, Left> {
  return async (options) => {
    requireNode();
    const { folder = '.', ...given }: Readonly<Record<string, unknown>> & { readonly folder?: string } =
      options ?? {};
    const refused = Object.keys(given).find(
      (name) => NOT_FOR_SCRIPTS.has(name) || left.some((one) => one === name),
    );
    if (refused !== undefined) throw notForScripts(command.name, refused);
    const where = { environment: textOf(given['environment']), database: textOf(given['database']) };
    return atDoor({ door: { kind: 'script' }, where }, async () => {
      const { optionsInFolder } = await import('../cli/index.ts');
      const { resolve } = await import('node:path');
      const cwd = resolve(folder);
      const { workspaceRoot, ...place } = isOnDatabase(command)
        ? optionsInFolder(table, command, given, cwd)
        : { options: given, workspaceRoot: cwd };
      const read = readOptions(command.options, place.options);
      requireEffective(command, read);
      const { result } = await command.run(read, { workspaceRoot, pluginVersion: table.version() });
      return result;
    });
  };
}

const NOT_FOR_SCRIPTS: ReadonlySet<string> = new Set([
  'settings',
  'wranglerConfig',
  'json',
  'verbose',
] satisfies NotForScripts[]);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const notForScripts = (command: string, option: string): D1Error =>
  new D1Error({
    code: 'unknown-option',
    message: `"${command}" has no option ${option} for a script.`,
    fix:
      option === 'settings' || option === 'wranglerConfig'
        ? 'It comes from the files around the Worker; name its folder with "folder".'
        : 'Leave it out: what the command found is the result.',
    exitCode: 2,
  });
