import type { Site } from '../site/index.ts';
import {
  countsOf,
  readOptions,
  type CommandExample,
  type CommandTable,
  type OptionEntries,
  type OptionsOf,
} from './command.ts';
import { readWrittenTexts, text } from './options.ts';

/** What is to be done when the files are written; Nx calls it a generator's callback. */
type Afterwards = () => void | Promise<void>;

/**
 * A generator, declared once. From it come generators.json and the schema, the factory for Nx, the command in a terminal, and
 * the page of the reference. It reads and writes the files of the site; `run` imports what is heavy.
 */
export interface Generator<Entries extends OptionEntries = OptionEntries, Where extends Site = Site> {
  readonly name: string;
  /** What it does, without a full stop. */
  readonly title: string;
  /** More of it, in sentences. */
  readonly description: string;
  readonly options: Entries;
  readonly examples: readonly Pick<CommandExample, 'description' | 'words'>[];
  /** What is run by "nx add" alone, and not listed. */
  readonly isHidden?: boolean;
  run(site: Where, options: OptionsOf<Entries>): Promise<Afterwards | undefined | void>;
}

/** The generators of a package. */
export interface GeneratorTable<Where extends Site = Site> {
  /** The name of the package. */
  readonly name: string;
  readonly generators: readonly Generator<OptionEntries, Where>[];
}

/** What a package offers in a terminal: its commands, and the generators that need no Nx. */
export interface CliTable extends CommandTable {
  readonly generators?: readonly Generator[];
}

/** Declares a generator: the type of what `run` gets comes from `options`. */
export const defineGenerator = <const Entries extends OptionEntries, Where extends Site = Site>(
  generator: Generator<Entries, Where>,
): Generator<Entries, Where> => generator;

/** Of which Worker, and which database of it. */
export const generatorOptions = {
  project: text('The project of the Worker. Default: the only one with a D1 database.', {
    priority: 'important',
    nx: { 'x-dropdown': 'projects' },
  }),
  database: text('The binding of the database, when the Worker has several.'),
};

/** Runs a generator with options that nobody has checked: `words` are those of the command line. Throws what is wrong with them. */
export const runGenerator = <Entries extends OptionEntries, Where extends Site>(
  generator: Generator<Entries, Where>,
  site: Where,
  given: object,
  words: readonly string[],
): Promise<Afterwards | undefined | void> =>
  generator.run(site, readOptions(generator.options, readWrittenTexts(given, countsOf(generator), words)));
