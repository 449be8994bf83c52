import type { PromiseExecutor } from '@nx/devkit';
import type { TargetOptions } from '../target/index.ts';
import { begin } from './begin.ts';
import { countsOf, type Command, type CommandTable } from './command.ts';
import { readTexts } from './read-texts.ts';
import { workOf, type WorkOptions } from './work.ts';

/** The executor of a command. */
export function executorOf(
  table: Pick<CommandTable, 'version'>,
  command: Command,
): PromiseExecutor<WorkOptions> {
  const work = workOf(table, command);
  const counts = countsOf(command);
  return async (given, nx) => {
    const { root, target, configurationName = '' } = nx;
    const own: Partial<TargetOptions> = {
      ...target?.options,
      ...target?.configurations?.[configurationName],
    };
    return begin(work, { options: readTexts(given, counts), own, workspaceRoot: root, nx });
  };
}
