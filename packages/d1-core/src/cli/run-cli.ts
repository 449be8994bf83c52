import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import {
  begin,
  isOnDatabase,
  pluginOf,
  workOf,
  type Command,
  type CliTable,
  type CommandTable,
} from '../command/index.ts';
import { atDoor } from '../door/index.ts';
import { D1Error, nearest } from '../errors/index.ts';
import { printLines } from '../report/index.ts';
import { runCommand, type ExitCode } from '../run/index.ts';
import type { TargetOptions } from '../target/index.ts';
import { readArguments, type Arguments } from './arguments.ts';
import { absolutePath, configBeside, findConfig, readFiles } from './files.ts';
import { generatorCommand } from './generator-command.ts';
import { commandHelp, commandsHelp } from './help.ts';

/** What a command is given in a terminal, by the names of its options. */
type Given = Arguments['options'];

/** Runs a command line, without the name of the program, and says with which status to exit. */
export async function runCli(
  table: CliTable,
  words: readonly string[],
  cwd: string = process.cwd(),
): Promise<ExitCode> {
  const [first, ...rest] = words;
  if (first === '--version' || first === '-v') {
    printLines(process.stdout, [table.version()]);
    return 0;
  }
  const isHelp = first === undefined ? table.otherwise === undefined : isHelpWord(first);
  const name = isHelp ? rest[0] : first;
  const commands = commandsOf(table);
  const called = commands.find((one) => one.name === name);
  const command = called ?? commands.find((one) => one.name === table.otherwise);
  if (command === undefined && name === undefined) {
    printLines(process.stdout, commandsHelp(table));
    return 0;
  }
  try {
    if (command === undefined) throw unknownCommand(table, name ?? '');
    const own = called === undefined ? words : rest;
    const given = readArguments(command, isHelp ? ['--help'] : own);
    if (given.isHelp) return help(table, command);
    const { wranglerConfig, environment, database } = given.options;
    const where = { environment: textOf(environment), database: textOf(database) };
    const door = { kind: 'terminal', config: textOf(wranglerConfig) } as const;
    return await atDoor({ door, where }, () => run(table, command, given.options, cwd));
  } catch (error) {
    const failed = await runCommand(command?.name ?? name ?? '', reportOf(words), () =>
      Promise.reject(error),
    );
    return failed.exitCode;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const isHelpWord = (word: string): boolean => ['help', '--help', '-h'].includes(word);

/** The commands, and the generators as commands. */
const commandsOf = ({ commands, generators = [] }: CliTable): readonly Command[] => [
  ...commands,
  ...generators.map(generatorCommand),
];

function help(table: CliTable, command: Command): ExitCode {
  const width = Math.min(Math.max(process.stdout.columns ?? 90, 60), 100);
  printLines(process.stdout, commandHelp(table, command, width));
  return 0;
}

async function run(table: CliTable, command: Command, given: Given, cwd: string): Promise<ExitCode> {
  if (!isOnDatabase(command)) {
    const work = await workOf(table, command).load();
    return (await work(given, { workspaceRoot: cwd })).exitCode;
  }
  const { wranglerConfig: named, ...options } = given;
  const config = typeof named === 'string' ? resolve(cwd, named) : undefined;
  const { exitCode } = await begin(workOf(table, command), {
    ...optionsInFolder(table, command, options, cwd, config),
    spelling: { settings: '--settings', wranglerConfig: `--config=${String(named)}` },
  });
  return exitCode;
}

/**
 * What a command on databases is given in a folder: what the files around the Worker say, and over that the options. `config` is
 * another wrangler config than the next one at or above the folder, or the folder of one. Throws what is wrong with the files.
 */
export function optionsInFolder(
  table: CommandTable,
  command: Pick<Command, 'name' | 'options'>,
  options: Given,
  cwd: string,
  config?: string,
) {
  const found = config === undefined ? findConfig(cwd) : configBeside(config);
  const { root, own, usual } = readFiles(found, pluginOf(table), command);
  const isOther = config !== undefined && config !== found && !isFolderOf(config, found);
  return {
    options: {
      ...taken(own, command),
      ...usual,
      ...Object.fromEntries(
        Object.entries(options).map(([name, value]) => [name, ofCwd(command, name, value, cwd)]),
      ),
      ...(isOther ? { wranglerConfig: relative(root, config) } : {}),
    },
    own,
    workspaceRoot: root,
  };
}

/** What the files say, without what the command does not take. */
const taken = (own: TargetOptions, { options }: Pick<Command, 'options'>): TargetOptions => ({
  ...Object.fromEntries(Object.entries(own).filter(([name]) => name in options)),
  wranglerConfig: own.wranglerConfig,
});

const isFolderOf = (folder: string, file: string): boolean => resolve(file, '..') === folder;

/** Paths are relative to where they are written. */
function ofCwd({ options }: Pick<Command, 'options'>, name: string, value: unknown, cwd: string): unknown {
  const details = options[name]?.details;
  if (typeof value !== 'string' || details?.isPath !== true) return value;
  const isName = details.mayBeName && !/[\\/]/.test(value) && !existsSync(resolve(cwd, value));
  return isName ? value : absolutePath(value, cwd);
}

/** How an error is reported before anything was read. */
const reportOf = (words: readonly string[]) => ({
  json: words.some((word) => /^--(json|format=json)$/.test(word)),
  verbose: words.includes('--verbose'),
});

function unknownCommand(table: CliTable, written: string): D1Error {
  const { name } = table;
  const known = commandsOf(table).map((command) => command.name);
  const meant = nearest(written, known);
  return new D1Error({
    code: 'unknown-command',
    message: `${name} has no command "${written}".`,
    fix: `${meant === undefined ? '' : `Did you mean "${meant}"? `}It has: ${known.join(', ')}.`,
    exitCode: 2,
  });
}
