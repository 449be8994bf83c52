import { parseArgs } from 'node:util';
import { D1Error, nearest } from '../errors/index.ts';
import { isOnDatabase, type Command, type Option } from '../command/index.ts';

/** What a terminal calls the options that another name suits better there. */
export const RENAMED: Readonly<Record<string, { readonly name: string; readonly short: string }>> = {
  environment: { name: 'env', short: 'e' },
  wranglerConfig: { name: 'config', short: 'c' },
};

/** The options of a command in a terminal, by their names there. `settings` come from files alone. */
export function shownOptions(command: Pick<Command, 'options'>): ReadonlyMap<string, Option> {
  const renamed = isOnDatabase(command) ? RENAMED : {};
  return new Map(
    Object.entries(command.options)
      .filter(([name, { details }]) => name in renamed || !details.isInternal)
      .map(([name, option]) => [renamed[name]?.name ?? name, option]),
  );
}

/** The words after the name of a command, read. */
export interface Arguments {
  /** By the names of the command's options; not checked yet. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly isHelp: boolean;
}

/**
 * Reads the words of a command line. Names may be written in dashes. Throws D1Error `unknown-option`, `missing-value`,
 * `unexpected-value` and `unexpected-word`, exit code 2.
 */
export function readArguments(
  command: Pick<Command, 'name' | 'options'>,
  words: readonly string[],
): Arguments {
  const shown = shownOptions(command);
  const ownName = (name: string): string =>
    name in command.options && shown.has(name)
      ? name
      : (Object.keys(command.options).find((own) => RENAMED[own]?.name === name) ?? name);
  const options: Record<string, unknown> = {};
  let isHelp = false;
  const isFlag = ({ details }: Option) => details.kind === 'flag';
  const put = (name: string, { details }: Option, value: unknown) => {
    const own = ownName(name);
    const earlier = options[own];
    options[own] =
      details.kind === 'texts' ? [...(Array.isArray(earlier) ? earlier : []), value].flat() : value;
  };

  const { tokens } = parseArgs({
    args: words.map((word) => inCamelCase(word, shown)),
    options: {
      ...Object.fromEntries(
        [...shown].map(([name, option]) => [
          name,
          { type: isFlag(option) ? 'boolean' : 'string', ...shortOf(name, option) } as const,
        ]),
      ),
      ...(shown.has('env') ? { environment: { type: 'string' } as const } : {}),
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      const positional = [...shown].find(
        ([name, { details }]) =>
          details.isPositional && (details.kind === 'texts' || options[ownName(name)] === undefined),
      );
      if (positional === undefined) throw unexpectedWord(command.name, token.value);
      put(...positional, token.value);
      continue;
    }
    const { rawName, value, inlineValue } = token;
    if (token.name === 'help') {
      isHelp = true;
      continue;
    }
    const name = token.name === 'environment' ? 'env' : token.name;
    const negated = /^no-(.+)$/.exec(name)?.[1];
    const option = shown.get(name);
    const off = negated === undefined ? undefined : shown.get(negated);
    if (negated !== undefined && off !== undefined && isFlag(off)) {
      if (value !== undefined) throw unexpectedValue(rawName, value);
      put(negated, off, false);
    } else if (option === undefined) {
      throw unknownOption(command.name, rawName, [...shown.keys(), 'help']);
    } else if (isFlag(option)) {
      if (value !== undefined && value !== 'true' && value !== 'false') throw unexpectedValue(rawName, value);
      put(name, option, value !== 'false');
    } else {
      if (value === undefined || value === '' || (inlineValue !== true && value.startsWith('-')))
        throw missingValue(rawName);
      put(
        name,
        option,
        option.details.kind === 'count' && /^-?\d+(\.\d+)?$/.test(value)
          ? Number(value)
          : option.details.kind === 'texts'
            ? value.split(',')
            : value,
      );
    }
  }
  return { options, isHelp };
}

function shortOf(name: string, option: Option): { readonly short?: string } {
  const short = shortName(name, option);
  return short === undefined ? {} : { short };
}

/** The letter for an option, by its name in a terminal. */
export const shortName = (name: string, { details }: Option): string | undefined =>
  details.short ?? Object.values(RENAMED).find((renamed) => renamed.name === name)?.short;

/** `--dryRun` for `--dry-run`; `--no-` stays where no option begins with it. */
const inCamelCase = (word: string, shown: ReadonlyMap<string, Option>): string =>
  word.replace(/^--(no-)?([a-z][\w-]*)/, (_, no: string | undefined, name: string) => {
    const camel = (text: string) =>
      text.replaceAll(/-([a-z])/g, (__, letter: string) => letter.toUpperCase());
    const whole = camel(`${no ?? ''}${name}`);
    return no === undefined || shown.has(whole) ? `--${whole}` : `--${no}${camel(name)}`;
  });

const wrong = (code: string, message: string, fix: string): D1Error =>
  new D1Error({ code, message, fix, exitCode: 2 });

function unknownOption(command: string, written: string, known: readonly string[]): D1Error {
  const meant = nearest(written.replace(/^-+/, ''), known);
  return wrong(
    'unknown-option',
    `"${command}" has no option ${written}.`,
    meant === undefined
      ? 'See --help for those that it has.'
      : `Did you mean --${meant}? See --help for all.`,
  );
}

const missingValue = (written: string): D1Error =>
  wrong('missing-value', `${written} needs a value.`, `Write ${written}=<value>.`);

const unexpectedValue = (written: string, value: string): D1Error =>
  wrong('unexpected-value', `${written} is on or off, and "${value}" is neither.`, `Write ${written} alone.`);

const unexpectedWord = (command: string, word: string): D1Error =>
  wrong('unexpected-word', `"${command}" takes no word such as "${word}".`, 'See --help for what it takes.');
