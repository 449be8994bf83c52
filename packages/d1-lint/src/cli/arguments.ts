import { parseArgs } from 'node:util';
import { D1Error, nearest } from 'd1-core/errors';
import { FORMATS, type Format } from '../reporters/index.ts';
import { PRESETS, type PresetName } from '../config/index.ts';

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  preset: { type: 'string' },
  fix: { type: 'boolean' },
  format: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  'max-warnings': { type: 'string' },
  since: { type: 'string' },
  'stdin-filename': { type: 'string' },
  'update-baseline': { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The command line of the bin, checked. */
export interface CliArguments {
  readonly words: readonly string[];
  readonly config: string | undefined;
  readonly preset: PresetName | undefined;
  readonly fix: boolean;
  readonly format: Format | undefined;
  readonly output: string | undefined;
  readonly maxWarnings: number | undefined;
  readonly since: string | undefined;
  readonly stdinFilename: string | undefined;
  readonly updateBaseline: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Throws D1Error `invalid-argument`. */
export function parseArguments(args: readonly string[]): CliArguments {
  const { values, positionals, tokens } = read(args);
  for (const token of tokens) if (token.kind === 'option') checkOption(token.name, token.value);
  const text = (name: keyof typeof OPTIONS): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    words: positionals,
    config: text('config'),
    preset: choice(text('preset'), PRESETS, '--preset'),
    fix: values.fix === true,
    format: choice(text('format'), FORMATS, '--format'),
    output: text('output'),
    maxWarnings: count(text('max-warnings')),
    since: text('since'),
    stdinFilename: text('stdin-filename'),
    updateBaseline: values['update-baseline'] === true,
    verbose: values.verbose === true,
    help: values.help === true,
    version: values.version === true,
  };
}

/** The format that is asked for, also where the arguments have errors. */
export function requestedFormat(args: readonly string[]): string | undefined {
  const { format } = read(args).values;
  return typeof format === 'string' ? format : undefined;
}

const read = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: false, tokens: true });

function checkOption(name: string, value: string | undefined): void {
  const known = Object.keys(OPTIONS);
  const option = Object.entries(OPTIONS).find(([one]) => one === name)?.[1];
  if (option === undefined) {
    const meant = nearest(name, known);
    throw invalid(
      `There is no option --${name}.`,
      meant === undefined ? 'Run "d1-lint --help" for the list.' : `Did you mean --${meant}?`,
    );
  }
  if (option.type === 'string' && value === undefined) {
    throw invalid(`--${name} needs a value.`, `Write --${name}=…`);
  }
}

function choice<Value extends string>(
  value: string | undefined,
  known: readonly Value[],
  option: string,
): Value | undefined {
  const found = known.find((one) => one === value);
  if (value === undefined || found !== undefined) return found;
  const meant = nearest(value, known);
  throw invalid(
    `${option} cannot be "${value}".`,
    `${meant === undefined ? '' : `Did you mean "${meant}"? `}Write one of: ${known.join(', ')}.`,
  );
}

function count(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^-?\d+$/.test(value)) return Number(value);
  throw invalid(`--max-warnings cannot be "${value}".`, 'Write a number, such as --max-warnings=0.');
}

const invalid = (message: string, fix: string) =>
  new D1Error({ code: 'invalid-argument', message, fix, exitCode: 2 });
