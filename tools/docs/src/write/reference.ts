import { terminalCommand, type Command, type CommandExample, type CommandTable } from 'd1-core/command';
import { exitCodes } from 'd1-core/cli';
import { GENERATOR_TABLES, TABLES } from './executors.ts';
import { generatorSchemaOf, schemaOf } from './package-schemas.ts';
import type { WrittenFiles } from './written-files.ts';

interface Property {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly { readonly type: string }[];
  readonly hidden?: boolean;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly $default?: { readonly $source: string };
  readonly 'x-priority'?: string;
}

interface Schema {
  readonly title: string;
  readonly description: string;
  readonly properties: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly examples?: readonly { readonly command: string; readonly description: string }[];
}

interface Described {
  readonly name: string;
  readonly schema: Schema;
  /** Undefined for what is no command in a terminal. */
  readonly command?:
    (Pick<Command, 'name' | 'exitCodes'> & { readonly examples: readonly CommandExample[] }) | undefined;
}

const executorsOf = (table: CommandTable): readonly Described[] =>
  table.commands.map((command) => ({
    name: command.name,
    schema: asRead(schemaOf(table, command)),
    command,
  }));

const generatorsOf = (plugin: string): readonly Described[] =>
  GENERATOR_TABLES.filter(({ name }) => name === plugin).flatMap((table) =>
    table.generators.map((generator) => ({
      name: generator.name,
      schema: asRead(generatorSchemaOf(table, generator)),
      command: generator.isHidden === true ? undefined : generator,
    })),
  );

const asRead = (schema: object): Schema => JSON.parse(JSON.stringify(schema));

/** The options that all executors of a plugin have, described with the same words. */
function sharedOptions(schemas: readonly Schema[]): ReadonlySet<string> {
  const [first, ...others] = schemas;
  if (first === undefined || others.length === 0) return new Set();
  return new Set(
    Object.entries(first.properties)
      .filter(([name, { description }]) =>
        others.every(({ properties }) => properties[name]?.description === description),
      )
      .map(([name]) => name),
  );
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function optionsTable(schema: Schema, isWanted: (name: string) => boolean): readonly string[] {
  const options = Object.entries(schema.properties).filter(
    ([name, { hidden }]) => hidden !== true && isWanted(name),
  );
  if (options.length === 0) return [];
  return [
    '| Option | Type | Default | What it does |',
    '| --- | --- | --- | --- |',
    ...options.map(([name, property]) => {
      const position =
        property.$default?.$source === 'argv' ? `\`${name}\`, or the first word` : `\`--${name}\``;
      const isRequired = schema.required?.includes(name) === true ? ' **Required.**' : '';
      return `| ${position} | ${cell(typeOf(property))} | ${defaultOf(property)} | ${cell(property.description ?? '')}${isRequired} |`;
    }),
    '',
  ];
}

/** A text may also be a number for Nx, which makes one of what looks like it; it is a text all the same. */
const typeOf = ({ type, anyOf, enum: values }: Property): string =>
  values === undefined
    ? [type ?? anyOf?.[0]?.type].flat().join(' or ')
    : values.map((value) => `\`${value}\``).join(', ');

const defaultOf = ({ default: value }: Property): string =>
  value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** What a command is in a terminal, without Nx. */
const inTerminal = (table: CommandTable, { command }: Described): readonly string[] =>
  command === undefined
    ? []
    : [
        'Without Nx:',
        '',
        '```bash',
        ...command.examples.map((example) => terminalCommand(table, command.name, example)),
        '```',
        '',
        `Exit status: ${exitCodes(command)}.`,
        '',
      ];

const examples = ({ examples: list = [] }: Schema): readonly string[] =>
  list.length === 0
    ? []
    : [
        '```sh',
        ...list.flatMap(({ command, description }) => [`# ${description}`, `npx ${command}`]),
        '```',
        '',
      ];

function page(table: CommandTable): string {
  const plugin = table.name;
  const executors = executorsOf(table);
  const generators = generatorsOf(plugin);
  const shared = sharedOptions(executors.map(({ schema }) => schema));
  const first = executors[0]?.schema;
  return [
    `# ${plugin}: targets and generators`,
    '',
    'Written from the schemas by `npm run docs`: do not change it by hand.',
    '',
    ...(first === undefined || shared.size === 0
      ? []
      : [
          '## Options of every target',
          '',
          'They mean the same everywhere. A configuration sets `environment`. `wranglerConfig` and `settings` come from the files of the workspace alone: a run that gives them is refused.',
          '',
          ...optionsTable(first, (name) => shared.has(name)),
        ]),
    ...executors.flatMap(({ name, schema, ...entry }) => [
      `## Executor \`${plugin}:${name}\``,
      '',
      `${schema.title}. ${schema.description}`,
      '',
      ...optionsTable(schema, (option) => !shared.has(option)),
      ...examples(schema),
      ...inTerminal(table, { name, schema, ...entry }),
    ]),
    ...generators.flatMap(({ name, schema, ...entry }) => [
      `## Generator \`${plugin}:${name}\``,
      '',
      `${schema.title}. ${schema.description}`,
      '',
      ...optionsTable(schema, () => true),
      ...examples(schema),
      ...inTerminal(table, { name, schema, ...entry }),
    ]),
  ].join('\n');
}

/** docs/reference/<plugin>.md, from the schemas of its executors and generators. */
export const reference = (): WrittenFiles => ({
  texts: new Map(TABLES.map((table) => [`docs/reference/${table.name}.md`, page(table)])),
});
