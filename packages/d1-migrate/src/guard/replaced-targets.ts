import type { GuardedProject, GuardedProjects } from './guarded-project.ts';
import type { RequestedRun } from './requested-run.ts';
import { hasConfiguration, isD1Target, reachedTasks, requestedTasks, type Task } from './requested-tasks.ts';

/** What a run would start in the place of targets of the D1 plugins. */
export interface Replaced {
  readonly message: string;
  /** It does not have the configuration that the run asks for, so that it would work on who knows what. */
  readonly isRefused: boolean;
}

/**
 * Finds targets of the D1 plugins in whose place Nx runs something else of that name: a script of package.json, or a
 * target of the project's own. `folder` is the current one, relative to the workspace root, with `/`.
 */
export function replacedTargets(
  run: RequestedRun,
  projects: GuardedProjects,
  folder: string,
): readonly Replaced[] {
  const { configuration } = requestedTasks(run, projects, folder);
  const tasks = reachedTasks(run, projects, folder).filter((task) => isReplaced(task, projects));
  return [...new Map(tasks.map((task) => [label(task), task])).values()].map((task) => ({
    message: describe(task),
    isRefused:
      configuration !== undefined &&
      isEnvironment(configuration, projects[task.project]) &&
      !hasConfiguration(task.target, configuration),
  }));
}

const isEnvironment = (configuration: string, project: GuardedProject | undefined): boolean =>
  Object.values(project?.targets ?? {}).some(
    (target) => isD1Target(target) && hasConfiguration(target, configuration),
  );

function isReplaced(task: Task, projects: GuardedProjects): boolean {
  const names = projects[task.project]?.metadata?.targetGroups?.['D1'] ?? [];
  return names.includes(task.name) && !isD1Target(task.target);
}

function describe(task: Task): string {
  const { name, target } = task;
  const isScript = target.executor === 'nx:run-script';
  return (
    `${label(task)} is not the target of the D1 plugins: ${isScript ? 'a script of package.json has' : 'the project has a target of'} that name, and Nx runs it instead. ` +
    `Give the D1 target another name in nx.json, such as "${optionOf(name)}": "d1-${name}" in the options of its plugin` +
    `${isScript ? ', or leave the script out of "nx.includedScripts" in package.json' : ''}.`
  );
}

/** The plugin option that renames a target: `schemaDocsTargetName` for `schema-docs`. */
const optionOf = (name: string): string =>
  `${name.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}TargetName`;

const label = ({ project, name }: Task): string => `${project}:${name}`;
