import type { PluginDefinition, TargetDefinition } from '../inference/index.ts';
import type { Command, CommandTable, CommandTarget } from './command.ts';

/** The plugin that infers the targets of the commands: first one for each, then the further ones. */
export const pluginOf = (
  { name, commands }: CommandTable,
  more: Pick<PluginDefinition, 'runVariable'> = {},
): PluginDefinition => ({
  name: `${name}/plugin`,
  targets: [
    ...commands.map((command) => definition(name, command, command.target)),
    ...commands.flatMap((command) =>
      (command.furtherTargets ?? []).map((target) => definition(name, command, target)),
    ),
  ],
  ...more,
});

const definition = (
  plugin: string,
  { name, examples }: Command,
  target: CommandTarget,
): TargetDefinition => ({
  option: `${target.defaultName.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}TargetName`,
  executor: `${plugin}:${name}`,
  example: examples.find(({ options }) => options !== undefined)?.options ?? {},
  ...target,
});
