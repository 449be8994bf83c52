import type { GuardedProjects, GuardedTarget } from './guarded-project.ts';
import type { RequestedRun, RunMany, RunOne } from './requested-run.ts';
import { selectProjects } from './select-projects.ts';

export interface Task {
  readonly project: string;
  readonly name: string;
  readonly target: GuardedTarget;
}

export interface RequestedTasks {
  /** Only targets with an executor of the D1 plugins. */
  readonly tasks: readonly Task[];
  /** '' when it was given and is empty. */
  readonly configuration: string | undefined;
}

/**
 * The D1 tasks that a run would start with the requested configuration. `folder` is the current one, relative to the
 * workspace root, with `/`. For `affected` these are the tasks of all projects: which are affected is not known yet.
 */
export function requestedTasks(run: RequestedRun, projects: GuardedProjects, folder: string): RequestedTasks {
  return run.kind === 'one' ? resolveOne(run, projects, folder) : resolveMany(run, projects);
}

/** Every task that a run would start on its own projects: those that it names, and what they depend on there. */
export function reachedTasks(run: RequestedRun, projects: GuardedProjects, folder: string): readonly Task[] {
  const starts = run.kind === 'many' ? namedTasks(run, projects) : meantTasks(run, projects, folder);
  return starts.flatMap(({ project, name }) => tasksFrom(projects, project, name));
}

function resolveMany(run: RunMany, projects: GuardedProjects): RequestedTasks {
  return { tasks: namedTasks(run, projects).filter(isD1Task), configuration: run.configuration };
}

function namedTasks(run: RunMany, projects: GuardedProjects): readonly Task[] {
  const excluded = new Set(selectProjects(run.exclude, projects));
  const selected = run.projects.length === 0 ? Object.keys(projects) : selectProjects(run.projects, projects);
  return selected
    .filter((name) => !excluded.has(name))
    .flatMap((name) => run.targets.flatMap((target) => taskOf(projects, name, target) ?? []));
}

/** The target that is meant, and the projects of which one is. */
function startOf(run: RunOne, projects: GuardedProjects, folder: string) {
  const specified = run.specifier === undefined ? undefined : readSpecifier(run.specifier, projects);
  const target = specified?.target ?? run.target ?? '';
  const project = run.project ?? specified?.project;
  const configuration = run.configuration || specified?.configuration || run.configuration;
  const names =
    project === undefined ? projectsAround(folder, target, projects) : selectProjects([project], projects);
  return { names, target, configuration };
}

function meantTasks(run: RunOne, projects: GuardedProjects, folder: string): readonly Task[] {
  const { names, target } = startOf(run, projects, folder);
  return names.flatMap((name) => taskOf(projects, name, target) ?? []);
}

function resolveOne(run: RunOne, projects: GuardedProjects, folder: string): RequestedTasks {
  const { names, target, configuration } = startOf(run, projects, folder);
  // Which of several projects is meant is Nx's to say: refuse only what all of them lack.
  // A target that has the configuration may depend on D1 targets without it: that is its author's decision.
  const isKnown = names.some((name) =>
    hasConfiguration(projects[name]?.targets?.[target], configuration ?? ''),
  );
  const [name] = names;
  const tasks = name === undefined || isKnown ? [] : tasksFrom(projects, name, target).filter(isD1Task);
  return { tasks, configuration };
}

export function hasConfiguration(target: GuardedTarget | undefined, configuration: string): boolean {
  return Object.hasOwn(target?.configurations ?? {}, configuration);
}

interface Specifier {
  readonly project?: string | undefined;
  readonly target: string;
  readonly configuration: string | undefined;
}

/** `workers:migrate:production`, or without the project. Names may contain colons: the longest that exist count. */
function readSpecifier(specifier: string, projects: GuardedProjects): Specifier | undefined {
  const text = specifier.replaceAll('"', '');
  const project = longestPrefix(text, Object.keys(projects));
  const targets = Object.keys(projects[project ?? '']?.targets ?? {});
  const inProject = project === undefined ? undefined : splitTarget(text.slice(project.length + 1), targets);
  if (inProject !== undefined) return { project, ...inProject };
  return splitTarget(
    text,
    Object.values(projects).flatMap((one) => Object.keys(one.targets ?? {})),
  );
}

function splitTarget(text: string, names: readonly string[]): Specifier | undefined {
  const target = longestPrefix(text, names);
  return target === undefined
    ? undefined
    : { target, configuration: text.slice(target.length + 1) || undefined };
}

function longestPrefix(text: string, names: readonly string[]): string | undefined {
  return names
    .filter((name) => text === name || text.startsWith(`${name}:`))
    .sort((a, b) => b.length - a.length)[0];
}

/** The innermost project around a folder that has the target, else every project that has it. */
function projectsAround(folder: string, target: string, projects: GuardedProjects): readonly string[] {
  const having = Object.entries(projects).filter(([, project]) => project.targets?.[target] !== undefined);
  const [around] = having
    .filter(([, { root }]) => root === '.' || folder === root || folder.startsWith(`${root}/`))
    .sort(([, a], [, b]) => b.root.length - a.root.length);
  return (around === undefined ? having : [around]).map(([name]) => name);
}

/** The target and what it depends on in its own project. */
function tasksFrom(projects: GuardedProjects, project: string, target: string): readonly Task[] {
  const reached = new Map<string, Task>();
  const visit = (name: string): void => {
    const task = taskOf(projects, project, name);
    if (task === undefined || reached.has(name)) return;
    reached.set(name, task);
    for (const dependency of task.target.dependsOn ?? []) {
      if (typeof dependency === 'string') visit(dependency);
      else if (dependency.projects === undefined && dependency.dependencies !== true)
        visit(dependency.target);
    }
  };
  visit(target);
  return [...reached.values()];
}

function taskOf(projects: GuardedProjects, project: string, name: string): Task | undefined {
  const target = projects[project]?.targets?.[name];
  return target === undefined ? undefined : { project, name, target };
}

const isD1Task = ({ target }: Task): boolean => isD1Target(target);

export const isD1Target = ({ executor = '' }: GuardedTarget): boolean =>
  /^d1-(?:migrate|lint|backup):/.test(executor);
