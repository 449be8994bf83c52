import { dashed, reportOptions, targetOptions, terminalCommand } from '../command/index.ts';
import type { CliTable, Command, CommandTable, Option } from '../command/index.ts';
import { style, table } from '../report/index.ts';
import { RENAMED, shortName, shownOptions } from './arguments.ts';

/** All commands of a package, for `--help` without a command. */
export const commandsHelp = ({ name, commands, generators = [] }: CliTable): readonly string[] => [
  `${style.bold('Usage:')} npx ${name} <command> [options]`,
  '',
  style.bold('Commands:'),
  ...table([...commands, ...generators].map((command) => [`  ${command.name}`, command.title])),
  '',
  `npx ${name} <command> --help shows its options; npx ${name} --version the version.`,
];

/** What a command takes, in lines of at most `width` characters where words allow it. */
export function commandHelp(
  plugin: Pick<CommandTable, 'name' | 'otherwise' | 'commands'>,
  command: Command,
  width: number,
): readonly string[] {
  const shown = [...shownOptions(command)];
  const isShared = ([name, { details }]: readonly [string, Option]) =>
    SHARED.has(name) && (name !== 'config' || details.isInternal);
  const positional = shown.find(([, { details }]) => details.isPositional);
  const isOtherwise = plugin.otherwise === command.name;
  const words = [
    `npx ${plugin.name}`,
    ...(isOtherwise ? [] : [command.name]),
    ...(positional === undefined ? [] : [`[${positional[0]}]`]),
    '[options]',
  ];
  const rows = shown.map(([name, option]) => nameColumn(name, option));
  const indent = Math.max(...rows.map(({ length }) => length)) + 4;
  const line = (named: readonly [string, Option], description: string): readonly string[] => {
    const [first = '', ...more] = wrapped(description, width - indent);
    const name = `  ${nameColumn(...named)}`.padEnd(indent);
    return [`${name}${first}`, ...more.map((text) => ' '.repeat(indent) + text)];
  };
  return [
    `${style.bold('Usage:')} ${words.join(' ')}`,
    '',
    ...wrapped(command.description, width),
    '',
    style.bold('Options:'),
    ...shown
      .filter((named) => !isShared(named))
      .flatMap((named) => line(named, `${named[1].details.description}${defaultOf(named[1])}`)),
    '',
    style.bold('For every command:'),
    ...shown.filter(isShared).flatMap((named) => line(named, firstSentence(descriptionOf(named)))),
    '',
    ...(isOtherwise ? [style.bold('Other commands:'), ...otherCommands(plugin), ''] : []),
    style.bold('Examples:'),
    ...command.examples.flatMap((example) => [
      `  ${style.dim(`# ${example.description}`)}`,
      `  ${terminalCommand(plugin, command.name, example)}`,
    ]),
    '',
    ...wrapped(`Exit status: ${exitCodes(command)}.`, width),
  ];
}

const otherCommands = ({ commands, otherwise }: Pick<CommandTable, 'otherwise' | 'commands'>) =>
  table(
    commands.filter(({ name }) => name !== otherwise).map((command) => [`  ${command.name}`, command.title]),
  );

const SHARED: ReadonlySet<string> = new Set(
  Object.keys({ ...targetOptions, ...reportOptions }).map((name) => RENAMED[name]?.name ?? name),
);

/** What an exit status says, in the order of the numbers. */
export const exitCodes = ({ exitCodes: own = {} }: Pick<Command, 'exitCodes'>): string =>
  Object.entries({ 0: 'done', 1: 'failed', 2: 'could not run', ...own })
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join('; ');

function nameColumn(name: string, option: Option): string {
  const { kind, isPath, json } = option.details;
  const short = shortName(name, option);
  const dashes = short === undefined ? '--' : `-${short}, --`;
  if (kind === 'flag') return `${dashes}${json['default'] === true ? '[no-]' : ''}${dashed(name)}`;
  const value = isPath || name === 'config' ? 'path' : kind === 'count' ? 'number' : 'text';
  const values: unknown = json['enum'];
  return `${dashes}${dashed(name)} <${Array.isArray(values) ? values.join('|') : value}>`;
}

const defaultOf = ({ details: { kind, json } }: Option): string =>
  kind === 'flag' || json['default'] === undefined ? '' : ` Default: ${String(json['default'])}.`;

const descriptionOf = ([name, { details }]: readonly [string, Option]): string =>
  name === 'config' && details.isInternal
    ? 'The wrangler config of the Worker, or its folder; that of the working directory or one above it without it.'
    : details.description;

const firstSentence = (text: string): string => text.split(/(?<=\.) /, 1)[0] ?? text;

/** Breaks a text between words. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
