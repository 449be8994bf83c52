export { begin, type Beginning, executorOf, targetsOf } from './begin.ts';
export {
  commandsWithTarget,
  dashed,
  exampleWords,
  terminalCommand,
  defineCommand,
  isOnDatabase,
  readOptions,
  requireEffective,
  type Command,
  type CommandContext,
  type CommandExample,
  type CommandTable,
  type CommandTarget,
  type OptionEntries,
  type OptionsOf,
  pluginOf,
} from './command.ts';
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
  pathOrName,
  text,
  texts,
  type Option,
  type OptionDetails,
  readWrittenTexts,
  type Unparsed,
} from './options.ts';
export { databaseOptions, environmentOptions, reportOptions, targetOptions } from './shared-options.ts';
export { workOf, type Work, type WorkOptions } from './work.ts';
