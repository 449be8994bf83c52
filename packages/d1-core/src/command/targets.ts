import type { PluginDefinition, TargetDefinition } from '../inference/index.ts';
import { commandsWithTarget, type Command, type CommandTable, type CommandTarget } from './command.ts';

/** The plugin that infers the targets of the commands. */
export const pluginOf = (
  table: CommandTable,
  more: Pick<PluginDefinition, 'runVariable' | 'onFiles'> = {},
): PluginDefinition => ({
  name: `${table.name}/plugin`,
  targets: commandsWithTarget(table).map((command) => definition(table.name, command, command.target)),
  ...more,
});

const definition = (
  plugin: string,
  { name, options, examples }: Command,
  target: CommandTarget,
): TargetDefinition => ({
  executor: `${plugin}:${name}`,
  example: examples.find((one) => one.options !== undefined)?.options ?? {},
  takes: Object.keys(options),
  ...target,
});
