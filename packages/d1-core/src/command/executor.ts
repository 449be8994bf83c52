import type { PromiseExecutor } from '@nx/devkit';
import type { TargetOptions } from '../target/index.ts';
import { begin } from './begin.ts';
import { countsOf, type Command, type CommandTable } from './command.ts';
import { readTexts } from './read-texts.ts';
import { workOf, type Work, type WorkOptions } from './work.ts';

/** The executor of work whose options its schema alone declares. */
export const executor =
  <Options extends WorkOptions>(
    work: Work<Options>,
    numbers?: ReadonlySet<string>,
  ): PromiseExecutor<Options> =>
  async (given, { root, target, configurationName = '' }) => {
    const own: Partial<TargetOptions> = {
      ...target?.options,
      ...target?.configurations?.[configurationName],
    };
    return begin(work, { options: readTexts(given, numbers), own, workspaceRoot: root });
  };

/** The executor of a command. */
export const executorOf = (
  table: Pick<CommandTable, 'version'>,
  command: Command,
): PromiseExecutor<WorkOptions> => executor<WorkOptions>(workOf(table, command), countsOf(command));
