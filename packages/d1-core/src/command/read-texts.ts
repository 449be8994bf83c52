import { D1Error } from '../errors/index.ts';

/** An option of every executor: the command line as it was written. Nx fills it in. */
export interface Unparsed {
  readonly __unparsed__?: readonly string[] | undefined;
}

/**
 * Gives back their text to options that Nx has turned into numbers: `--since=81919e4` arrives as 819190000. It is taken from
 * the command line as it was written; a number of a file is written out. `numbers` are the options that are meant as numbers.
 */
export function readTexts<Options extends object>(
  options: Options & Unparsed,
  numbers: ReadonlySet<string>,
): Options {
  const { __unparsed__: words = [] } = options;
  const texts = Object.entries(options)
    .filter(([name, value]) => typeof value === 'number' && !numbers.has(name))
    .map(([name, value]) => [name, writtenValue(name, words) ?? String(value)]);
  return { ...options, ...Object.fromEntries(texts) };
}

/** The last one counts, as for Nx. */
function writtenValue(name: string, words: readonly string[]): string | undefined {
  const index = words.findLastIndex((word) => nameOf(word) === name);
  if (index < 0) return undefined;
  const [, inWord] = /=(.*)$/s.exec(words[index] ?? '') ?? [];
  return inWord ?? words[index + 1];
}

/** `--start-after=42` and `--startAfter` are `startAfter`. */
const nameOf = (word: string): string | undefined =>
  /^--([^=]+)/.exec(word)?.[1]?.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The same for a generator, which Nx does not tell what was written: `words` are those that the process was started with.
 * Throws D1Error `number-option` for a number that is not among them and may have been written in several ways.
 */
export function readWrittenTexts<Options extends object>(
  options: Options,
  numbers: ReadonlySet<string>,
  words: readonly string[],
): Options {
  const texts = Object.entries(options)
    .filter(([name, value]) => typeof value === 'number' && !numbers.has(name))
    .map(([name, value]) => [name, writtenNumber(name, value, words)]);
  return { ...options, ...Object.fromEntries(texts) };
}

function writtenNumber(name: string, value: number, words: readonly string[]): string {
  const named = writtenValue(name, words);
  if (named !== undefined && Number(named) === value) return named;
  const [text, another] = new Set(words.filter((word) => word !== '' && Number(word) === value));
  if (text !== undefined && another === undefined) return text;
  if (text === undefined && Number.isSafeInteger(value)) return String(value);
  throw new D1Error({
    code: 'number-option',
    message: `The option ${name} takes a text, and arrived as the number ${value}: how it was written is lost.`,
    fix: `On a command line write --${name}=<text>; in a JSON file put it in quotes, such as "${name}": "1.10".`,
    exitCode: 2,
  });
}
