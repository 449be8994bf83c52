import { isDeepStrictEqual } from 'node:util';
import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from '../node/index.ts';
import { readTexts } from './read-texts.ts';
import type { CommandOptions } from '../run/index.ts';
import type { TargetOptions } from '../target/index.ts';

export type ExecutorOptions = TargetOptions & CommandOptions;

export interface Command<Options> {
  readonly name: string;
  /** The version of the plugin, for the audit file. */
  readonly pluginVersion: () => string;
  /** Loads the work; only when Node is known to be able to. */
  readonly load: () => Promise<Work<Options>>;
}

type Work<Options> = (options: Options, workspaceRoot: string) => Promise<{ success: boolean }>;

/** Decides what is protected, so a run may not give them: they are what nx.json and the project's files say. */
const OF_FILES = ['settings', 'wranglerConfig'] as const;

/** The executor of a command. A run whose command line gives what decides on protection is refused. */
export function executor<Options extends ExecutorOptions>(
  command: Command<Options>,
): PromiseExecutor<Options> {
  return async (given, { root, target, configurationName = '' }) => {
    requireNode();
    const options = readTexts(given);
    const own: Partial<TargetOptions> = {
      ...target?.options,
      ...target?.configurations?.[configurationName],
    };
    const changed = OF_FILES.filter((name) => !isDeepStrictEqual(options[name], own[name]));
    if (changed.length === 0) return (await command.load())(options, root);
    const { refuse } = await import('./refuse.ts');
    return refuse({ command, options, own, changed, workspaceRoot: root });
  };
}
