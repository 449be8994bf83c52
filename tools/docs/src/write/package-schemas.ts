import {
  commandsWithTarget,
  exampleWords,
  type Command,
  type CommandExample,
  type CommandTable,
  type Generator,
  type GeneratorTable,
  type OptionEntries,
} from 'd1-core/command';
import type { Site } from 'd1-core/site';

/** The `executors.json` of a package. */
export const executorsJson = (table: CommandTable): object => ({
  executors: Object.fromEntries(
    commandsWithTarget(table).map(({ name, title }) => [
      name,
      {
        implementation: `./dist/executors#${name}`,
        schema: `./schemas/${name}.json`,
        description: title,
      },
    ]),
  ),
});

/** The `generators.json` of a package. */
export const generatorsJson = <Where extends Site>({ generators }: GeneratorTable<Where>): object => ({
  generators: Object.fromEntries(
    generators.map(({ name, title, isHidden }) => [
      name,
      {
        factory: `./dist/factories#${inCamelCase(name)}`,
        schema: `./schemas/generators/${name}.json`,
        description: title,
        ...(isHidden === true ? { hidden: true } : {}),
      },
    ]),
  ),
});

type Plugin = Pick<CommandTable, 'name'>;

/** The JSON schema of the options of an executor, as Nx wants it. */
export function schemaOf(plugin: Plugin, command: Command) {
  const { options, examples, target } = command;
  const { $schema, $id, ...rest } = headOf(plugin, command);
  return {
    $schema,
    $id,
    version: 2,
    ...rest,
    properties: { ...propertiesOf(options), __unparsed__: UNPARSED },
    required: 'wranglerConfig' in options ? ['wranglerConfig'] : [],
    additionalProperties: false,
    examples: examples
      .filter(({ words }) => words === undefined)
      .map((example) => ({
        command: nxCommand(target?.defaultName ?? command.name, example),
        description: example.description,
      })),
  };
}

/** The JSON schema of the options of a generator, as Nx wants it. */
export function generatorSchemaOf<Where extends Site>(
  plugin: Plugin,
  generator: Generator<OptionEntries, Where>,
) {
  const { name, options, examples, isHidden } = generator;
  const entries = Object.entries(options);
  return {
    ...headOf(plugin, { ...generator, name: `${name}-generator` }),
    properties: Object.fromEntries(
      entries.map(
        ([
          option,
          {
            details: { json, isPositional },
          },
        ]) => [option, isPositional ? { ...json, ...FIRST_WORD } : json],
      ),
    ),
    required: entries.filter(([, { details }]) => details.isRequired).map(([option]) => option),
    additionalProperties: false,
    examples: examples.map(({ description, words = [] }) => ({
      command: isHidden === true ? `nx add ${plugin.name}` : nxGenerate(plugin.name, name, ...words),
      description,
    })),
  };
}

const headOf = (
  plugin: Plugin,
  { name, title, description }: Pick<Command, 'name' | 'title' | 'description'>,
) => ({
  $schema: 'https://json-schema.org/schema',
  $id: inCamelCase(`-${plugin.name}-${name}`),
  title,
  description,
  type: 'object',
});

const propertiesOf = (options: OptionEntries) =>
  Object.fromEntries(Object.entries(options).map(([option, { details }]) => [option, details.json]));

/** Where the value of the option that is positional comes from. */
const FIRST_WORD = { $default: { $source: 'argv', index: 0 } };

/** `rollbackScript` for `rollback-script`. */
const inCamelCase = (name: string): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const UNPARSED = {
  hidden: true,
  type: 'array',
  items: { type: 'string' },
  $default: { $source: 'unparsed' },
  description: 'The command line as it was written: Nx changes a text that looks like a number.',
  'x-priority': 'internal',
};

/** An example for Nx, on the Worker of this workspace. */
const nxCommand = (target: string, { environment, ...example }: CommandExample): string =>
  [
    `nx run workers:${target}`,
    ...(environment === undefined ? [] : [`--configuration=${environment}`]),
    ...exampleWords(example),
  ].join(' ');

/** A generator with what is written after its name, for Nx. */
const nxGenerate = (plugin: string, generator: string, ...words: readonly string[]): string =>
  [`nx g ${plugin}:${generator}`, ...words].join(' ');
