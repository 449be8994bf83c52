/** The options that are numbers, of executors that are not declared as commands. */
const NUMBERS: ReadonlySet<string> = new Set(['timeout', 'steps', 'maxWarnings']);

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
  numbers: ReadonlySet<string> = NUMBERS,
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
