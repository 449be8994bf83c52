import type { ExecutorContext } from '@nx/devkit';
import * as v from 'valibot';
import { D1Error, type FailureExitCode } from '../errors/index.ts';
import type { TargetDefinition, PluginDefinition } from '../inference/index.ts';
import type { Outcome } from '../run/index.ts';
import type { Option } from './options.ts';

export type OptionEntries = Readonly<Record<string, Option>>;

/** The values of options as the work gets them: checked, with the defaults filled in. */
export type OptionsOf<Entries extends OptionEntries> = v.InferOutput<
  v.StrictObjectSchema<Entries, undefined>
>;

export interface CommandContext {
  /** What paths in options are relative to. Absolute. */
  readonly workspaceRoot: string;
  readonly pluginVersion: string;
  /** What Nx says of the run; undefined in a terminal. */
  readonly nx?: ExecutorContext | undefined;
}

/** How a command is used: written for Nx and for a terminal from here. */
export interface CommandExample {
  readonly description: string;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Without a name, in a terminal alone: Nx is not shown an example that has some. */
  readonly words?: readonly string[];
  /** The default one without it. */
  readonly environment?: string;
}

/** A target that is inferred for a command. */
export type CommandTarget = Pick<TargetDefinition, 'defaultName' | 'description' | 'location'> &
  Partial<
    Pick<
      TargetDefinition,
      'example' | 'options' | 'outputs' | 'otherOutputs' | 'ownFolder' | 'outputOptions' | 'dependsOn'
    >
  >;

/**
 * A command, declared once. From it come the executor and its schema, the targets, the command line with its help, and the
 * page of the reference. Nx loads all of them on every command of its own: what is heavy is imported by `run`.
 */
export interface Command<Entries extends OptionEntries = OptionEntries, Answer extends Outcome = Outcome> {
  /** Of the executor, and in a terminal. */
  readonly name: string;
  /** What it does, without a full stop. */
  readonly title: string;
  /** More of it, in sentences. */
  readonly description: string;
  readonly options: Entries;
  /** What would be ignored beside other options, and is refused. */
  readonly ineffective?: readonly Ineffective<keyof Entries & string>[];
  readonly examples: readonly CommandExample[];
  /** What exit codes mean here, beside 0 done, 1 failed and 2 could not run. */
  readonly exitCodes?: Readonly<Partial<Record<FailureExitCode, string>>>;
  /** A command without one is there in a terminal alone. */
  readonly target?: CommandTarget;
  /** Does the work. What it throws becomes the report of a failure. */
  run(options: OptionsOf<Entries>, context: CommandContext): Promise<Answer>;
}

/** Options that have no effect where others are given, or are not. */
interface Ineffective<Word extends string = string> {
  readonly options: readonly Word[];
  /** Beside one of these; a text is the value that it has then. */
  readonly beside?: Readonly<Partial<Record<Word, true | readonly string[]>>>;
  readonly without?: Word;
  /** Why, in a sentence without a capital letter and a full stop. */
  readonly why: string;
}

/** The commands of a package. */
export interface CommandTable {
  /** The name of the package, and of its command line. */
  readonly name: string;
  readonly version: () => string;
  readonly commands: readonly Command[];
  /** The name of the command that is meant where the first word in a terminal is none. */
  readonly otherwise?: string;
}

/** Whether a command works on a database. One that reads files alone has nothing that could be protected. */
export const isOnDatabase = ({ options }: Pick<Command, 'options'>): boolean => 'settings' in options;

/** The commands of a table that Nx has too, with their targets. */
export const commandsWithTarget = ({
  commands,
}: Pick<CommandTable, 'commands'>): readonly (Command & { readonly target: CommandTarget })[] =>
  commands.flatMap((command) => (command.target === undefined ? [] : { ...command, target: command.target }));

/** Declares a command: the type of what `run` gets comes from `options`. */
export const defineCommand = <const Entries extends OptionEntries, Answer extends Outcome>(
  command: Command<Entries, Answer>,
): Command<Entries, Answer> => command;

/** Checks what a run was given. Throws D1Error `invalid-<option>`, exit code 2. */
export function readOptions<Entries extends OptionEntries>(
  options: Entries,
  given: object,
): OptionsOf<Entries> {
  const { success, output, issues } = v.safeParse(v.strictObject(options), given, { abortEarly: true });
  if (success) return output;
  const [{ path = [], message, input }] = issues;
  const [name = 'option', ...inside] = path.map(({ key }) => String(key));
  const value = inside.length === 0 && typeof input !== 'object' ? `=${String(input)}` : '';
  throw new D1Error({
    code: `invalid-${dashed(name)}`,
    message: `--${[name, ...inside].join('.')}${value}: it ${message}.`,
    fix: 'Correct it; --help shows what each option takes.',
    exitCode: 2,
  });
}

/** Refuses options that would be ignored. Throws D1Error `contradicting-options`, exit code 2. */
export function requireEffective(
  { options, ineffective = [] }: Pick<Command, 'options' | 'ineffective'>,
  values: Readonly<Record<string, unknown>>,
): void {
  const isGiven = (name: string) => {
    const value = values[name];
    const usual = options[name]?.details.json['default'];
    return value !== undefined && value !== usual && !(Array.isArray(value) && value.length === 0);
  };
  for (const { options: words, beside = {}, without, why } of ineffective) {
    const word = words.find(isGiven);
    if (word === undefined) continue;
    const other = Object.entries(beside).find(
      ([name, of]) => name !== word && isGiven(name) && (of === true || of?.includes(String(values[name]))),
    );
    if (other !== undefined) {
      const [name, of] = other;
      throw ineffectiveOption(word, `with --${name}${of === true ? '' : `=${String(values[name])}`}`, why);
    }
    if (without !== undefined && !isGiven(without))
      throw ineffectiveOption(word, `without --${without}`, why);
  }
}

const ineffectiveOption = (word: string, where: string, why: string): D1Error =>
  new D1Error({
    code: 'contradicting-options',
    message: `--${word} has no effect ${where}: ${why}.`,
    fix: where.startsWith('without')
      ? `Leave --${word} out, or add ${where.slice(8)}.`
      : 'Leave one of them out.',
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });

/** `keep-daily` for `keepDaily`. */
export const dashed = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The names of the options that are numbers. */
export const countsOf = ({ options }: { readonly options: OptionEntries }): ReadonlySet<string> =>
  new Set(
    Object.entries(options)
      .filter(([, { details }]) => details.kind === 'count')
      .map(([name]) => name),
  );

/** An example for a terminal. */
export const terminalCommand = (
  { name: plugin, otherwise }: Pick<CommandTable, 'name' | 'otherwise'>,
  command: string,
  { environment, words = [], ...example }: CommandExample,
): string =>
  [
    `npx ${plugin}`,
    ...(command === otherwise ? [] : [command]),
    ...words,
    ...(environment === undefined ? [] : [`--env=${environment}`]),
    ...exampleWords(example),
  ].join(' ');

/** The options of an example as they are written on a command line. */
export const exampleWords = ({ options = {} }: Pick<CommandExample, 'options'>): readonly string[] =>
  Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : value === false ? `--no-${name}` : `--${name}=${value}`,
  );

/** The plugin that infers the targets of the commands. */
export const pluginOf = (
  table: CommandTable,
  more: Pick<PluginDefinition, 'runVariable' | 'onFiles'> = {},
): PluginDefinition => ({
  name: `${table.name}/plugin`,
  targets: commandsWithTarget(table).map((command) => definition(table.name, command, command.target)),
  ...more,
});

const definition = (
  plugin: string,
  { name, options, examples }: Command,
  target: CommandTarget,
): TargetDefinition => ({
  executor: `${plugin}:${name}`,
  example: examples.find((one) => one.options !== undefined)?.options ?? {},
  takes: Object.keys(options),
  ...target,
});
