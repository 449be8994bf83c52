import { commandsWithTarget, type Command, type CommandExample, type CommandTable } from './command.ts';

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

/** The JSON schema of the options of an executor, as Nx wants it. */
export function schemaOf({ name: plugin }: Pick<CommandTable, 'name'>, command: Command) {
  const { name, title, description, options, examples, target } = command;
  const id = `${plugin}-${name}`.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  return {
    $schema: 'https://json-schema.org/schema',
    $id: id,
    version: 2,
    title,
    description,
    type: 'object',
    properties: {
      ...Object.fromEntries(Object.entries(options).map(([option, { details }]) => [option, details.json])),
      __unparsed__: UNPARSED,
    },
    required: 'wranglerConfig' in options ? ['wranglerConfig'] : [],
    additionalProperties: false,
    examples: examples
      .filter(({ words }) => words === undefined)
      .map((example) => ({
        command: nxCommand(target?.defaultName ?? name, example),
        description: example.description,
      })),
  };
}

const UNPARSED = {
  hidden: true,
  type: 'array',
  items: { type: 'string' },
  $default: { $source: 'unparsed' },
  description: 'The command line as it was written: Nx changes a text that looks like a number.',
  'x-priority': 'internal',
};

/** An example for Nx, on the Worker of this workspace. */
export const nxCommand = (target: string, { environment, ...example }: CommandExample): string =>
  [
    `nx run workers:${target}`,
    ...(environment === undefined ? [] : [`--configuration=${environment}`]),
    ...wordsOf(example),
  ].join(' ');

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
    ...wordsOf(example),
  ].join(' ');

const wordsOf = ({ options = {} }: Pick<CommandExample, 'options'>): readonly string[] =>
  Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : value === false ? `--no-${name}` : `--${name}=${value}`,
  );
