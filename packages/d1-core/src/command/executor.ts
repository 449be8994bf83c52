import type { ExecutorContext, PromiseExecutor } from '@nx/devkit';
import { posix } from 'node:path';
import { atDoor, nxDoor } from '../door/index.ts';
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
    const options = readTexts(given, counts);
    const { environment, database, wranglerConfig } = options;
    const door = nxDoor({
      project: () => nx.projectName ?? '<project>',
      target: (executor, project) => targetOfExecutor(nx, executor, project),
      config: wranglerConfig && posix.dirname(wranglerConfig),
    });
    const where = {
      environment: environment === target?.defaultConfiguration ? undefined : environment,
      database: database === own.database ? undefined : database,
    };
    return atDoor(door, where, () => begin(work, { options, own, workspaceRoot: root, nx }));
  };
}

/** The target of a project that an executor has: the inferred one, whatever it is called, or one like it. */
export function targetOfExecutor(
  { projectName = '', projectsConfigurations }: ExecutorContext,
  executor: string,
  project = projectName,
): string | undefined {
  const { targets = {}, metadata } = projectsConfigurations?.projects[project] ?? {};
  const names = Object.keys(targets).filter((name) => targets[name]?.executor === executor);
  return names.find((name) => metadata?.targetGroups?.['D1']?.includes(name)) ?? names[0];
}
