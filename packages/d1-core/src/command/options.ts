import * as v from 'valibot';
import { D1Error } from '../errors/index.ts';

/** What every door to a command shows of an option. */
export interface OptionDetails {
  readonly kind: 'text' | 'texts' | 'flag' | 'choice' | 'count' | 'object';
  /** Sentences, for a terminal. */
  readonly description: string;
  /** For Nx: what Nx validates, shows in `--help` and offers in an editor. */
  readonly json: Readonly<Record<string, unknown>>;
  /** A file or folder: relative to the workspace root for Nx, to the working directory in a terminal. */
  readonly isPath: boolean;
  /** A path that may also be a name: what no file of the working directory has, and has no slash, is left as it is. */
  readonly mayBeName: boolean;
  /** A word without a name gives it, in a terminal. */
  readonly isPositional: boolean;
  /** It comes from files alone: no terminal has it. */
  readonly isInternal: boolean;
  /** The letter that is enough in a terminal. */
  readonly short?: string | undefined;
  readonly isRequired: boolean;
}

/** An option: its shape, and what is said of it. */
export type Option = v.GenericSchema & { readonly details: OptionDetails };

interface Hints {
  /** Nx shows important options first, and those that the plugin sets last. */
  readonly priority?: 'important' | 'internal';
  readonly isPositional?: boolean;
  readonly short?: string;
  /** More for Nx: what it asks for, another name, a list to choose from. */
  readonly nx?: Json;
}

type Json = Readonly<Record<string, unknown>>;

/** A text that Nx may have made a number of. */
const TEXT_JSON = { anyOf: [{ type: 'string' }, { type: 'number' }] };

const textShape = v.string('takes a text');

function option<Shape extends v.GenericSchema>(
  shape: Shape,
  kind: OptionDetails['kind'],
  description: string,
  json: Json,
  { priority, isPositional = false, short, nx = {} }: Hints,
  { nxDescription = description, isRequired = false, mayBeName = false } = {},
) {
  const details: OptionDetails = {
    kind,
    description,
    json: {
      ...json,
      ...nx,
      description: nxDescription,
      ...(priority === undefined ? {} : { 'x-priority': priority }),
    },
    isPath: nxDescription !== description,
    mayBeName,
    isPositional,
    isInternal: priority === 'internal',
    short,
    isRequired,
  };
  return Object.assign(shape, { details });
}

export const text = (description: string, hints: Hints = {}) =>
  option(v.optional(textShape), 'text', description, TEXT_JSON, hints);

/** A text without which there is nothing to do. It arrives empty where Nx or a terminal has none. */
export const neededText = (description: string, hints: Hints = {}) =>
  option(v.optional(textShape, ''), 'text', description, TEXT_JSON, hints, { isRequired: true });

/** A file or folder. `what` has no full stop; sentences after it are `more`. */
export const path = (what: string, { more = '', ...hints }: Hints & { readonly more?: string } = {}) => {
  const rest = more === '' ? '' : ` ${more}`;
  const nxDescription = `${what}, relative to the workspace root.${rest}`;
  return option(v.optional(textShape), 'text', `${what}.${rest}`, TEXT_JSON, hints, { nxDescription });
};

/** A file, relative as those of `path`, or a name that the command looks up. */
export const pathOrName = (description: string, hints: Hints = {}) =>
  option(v.optional(textShape), 'text', description, TEXT_JSON, hints, {
    nxDescription: `${description} A path is relative to the workspace root.`,
    mayBeName: true,
  });

/** A text that may be given several times; none is an empty list. */
export const texts = (description: string, hints: Hints = {}) =>
  option(
    v.optional(v.array(textShape, 'takes texts'), []),
    'texts',
    description,
    { type: 'array', items: { type: 'string' } },
    hints,
  );

/** On or off; `--no-…` turns it off. */
export const flag = (
  description: string,
  { otherwise = false, ...hints }: Hints & { readonly otherwise?: boolean } = {},
) =>
  option(
    v.optional(v.boolean('is on or off, and takes no value'), otherwise),
    'flag',
    description,
    { type: 'boolean', default: otherwise },
    hints,
  );

/** One of some words. */
export const choice = <const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  description: string,
  { otherwise, ...hints }: Hints & { readonly otherwise: Choices[number] },
) =>
  option(
    v.optional(v.picklist(choices, `takes one of ${choices.join(', ')}`), () => otherwise),
    'choice',
    description,
    { type: 'string', enum: choices, default: otherwise },
    hints,
  );

/** One of some words, or none. */
export const optionalChoice = <const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  description: string,
  hints: Hints = {},
) =>
  option(
    v.optional(v.picklist(choices, `takes one of ${choices.join(', ')}`)),
    'choice',
    description,
    { type: 'string', enum: choices },
    hints,
  );

interface Bounds extends Hints {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A whole number. */
export const count = (description: string, bounds: Bounds = {}) =>
  option(v.optional(wholeNumber(bounds)), 'count', description, countJson(bounds), bounds);

/** A whole number with a default. */
export const countOr = (otherwise: number, description: string, bounds: Bounds = {}) =>
  option(
    v.optional(wholeNumber(bounds), otherwise),
    'count',
    description,
    { ...countJson(bounds), default: otherwise },
    bounds,
  );

function wholeNumber({ minimum = 1, maximum }: Bounds) {
  const takes = `takes a whole number from ${minimum} ${maximum === undefined ? 'on' : `to ${maximum}`}`;
  return v.pipe(
    v.number(takes),
    v.integer(takes),
    v.minValue(minimum, takes),
    v.maxValue(maximum ?? Number.MAX_SAFE_INTEGER, takes),
  );
}

const countJson = ({ minimum = 1, maximum }: Bounds): Json => ({
  type: 'integer',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});

/** What only files say, of any shape. */
export const fromFiles = <Shape extends v.GenericSchema>(shape: Shape, description: string, json: Json) =>
  option(shape, 'object', description, json, { priority: 'internal' });

/** An option of every executor: the command line as it was written. Nx fills it in. */
export interface Unparsed {
  readonly __unparsed__?: readonly string[] | undefined;
}

/**
 * Gives options that Nx has turned into numbers their text back: `--since=81919e4` arrives as 819190000. It is taken from
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
