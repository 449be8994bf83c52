export { begin, type Beginning } from './begin.ts';
export {
  commandsWithTarget,
  dashed,
  defineCommand,
  isOnDatabase,
  readOptions,
  type Command,
  type CommandContext,
  type CommandExample,
  type CommandTable,
  type CommandTarget,
  type OptionEntries,
  type OptionsOf,
} from './command.ts';
export { executorOf, targetOfExecutor } from './executor.ts';
export {
  defineGenerator,
  generatorOptions,
  runGenerator,
  type Generator,
  type CliTable,
  type GeneratorTable,
} from './generator.ts';
export {
  choice,
  count,
  countOr,
  flag,
  fromFiles,
  neededText,
  optionalChoice,
  path,
  text,
  texts,
  type Option,
  type OptionDetails,
} from './options.ts';
export { readWrittenTexts, type Unparsed } from './read-texts.ts';
export {
  executorsJson,
  generatorSchemaOf,
  generatorsJson,
  nxCommand,
  nxGenerate,
  schemaOf,
  terminalCommand,
} from './schema.ts';
export { reportOptions, targetOptions } from './shared-options.ts';
export { pluginOf } from './targets.ts';
export { workOf, type Work, type WorkOptions } from './work.ts';
