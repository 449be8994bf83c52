/** The part of Nx's project configuration that the guard reads. */
export interface GuardedProject {
  readonly root: string;
  readonly targets?: Readonly<Record<string, GuardedTarget>> | undefined;
  /** The D1 plugins put the names of their targets into the group `D1`. */
  readonly metadata?: { readonly targetGroups?: Readonly<Record<string, readonly string[]>> } | undefined;
}

export interface GuardedTarget {
  readonly executor?: string | undefined;
  readonly configurations?: Readonly<Record<string, unknown>> | undefined;
  readonly defaultConfiguration?: string | undefined;
  readonly dependsOn?: readonly (string | TargetDependency)[] | undefined;
  readonly metadata?: { readonly description?: string | undefined } | undefined;
}

interface TargetDependency {
  readonly target: string;
  readonly projects?: unknown;
  readonly dependencies?: boolean | undefined;
}

export type GuardedProjects = Readonly<Record<string, GuardedProject>>;

export interface Task {
  readonly project: string;
  readonly name: string;
  readonly target: GuardedTarget;
}

export interface RequestedRun {
  /** '' when the option is there and empty. */
  readonly configuration: string | undefined;
  /** What the run may start, without what that depends on. */
  readonly tasks: readonly Task[];
  /** Of `run-many` and `affected` all tasks are meant, of another run one of them. */
  readonly isMany: boolean;
}

/**
 * What a run may start, and with which configuration. Nx gives its hook the words of the command line alone (21.6 to 24):
 * of a configuration all spellings are read; where projects are not written by their whole names, all are taken that
 * could be meant. `folder` is the current one, relative to the workspace root, with `/`.
 */
export function readRun(argv: readonly string[], projects: GuardedProjects, folder: string): RequestedRun {
  const all = argv.slice(2).map((word) => word.replaceAll('"', ''));
  // The words after it belong to the executors.
  const end = all.indexOf('--');
  const words = end === -1 ? all : all.slice(0, end);
  const configuration = configurationOf(words);
  if (words.some((word) => word === 'run-many' || word === 'affected')) {
    const targets = listOf(words, 't|target|targets');
    const names = manyProjects(words, projects);
    return { configuration, tasks: names.flatMap((name) => tasksOf(projects, name, targets)), isMany: true };
  }
  const texts = words.map((word) => word.replace(/^-[^=]*=/, '')).filter((word) => !word.startsWith('-'));
  // A script of package.json may be called "run", or as a value of another option is.
  const read = texts.slice(texts.indexOf('run') + 1).flatMap((text) => readSpecifier(text, projects) ?? []);
  const meant = read.find(({ project }) => project !== undefined) ?? read[0];
  if (meant === undefined) return { configuration, tasks: [], isMany: false };
  const [option] = listOf(words, 'p|project|projects');
  const project = option || meant.project || texts.find((text) => Object.hasOwn(projects, text));
  return {
    configuration: configuration || meant.configuration || configuration,
    tasks: oneOfProjects(project, meant.name, projects, folder).flatMap((name) =>
      tasksOf(projects, name, [meant.name]),
    ),
    isMany: false,
  };
}

/** Several together name none that exists: which of them Nx takes depends on the command. */
function configurationOf(words: readonly string[]): string | undefined {
  const found = words.flatMap((word, index) => {
    const next = words[index + 1];
    if (/^--prod(?:=true)?$/.test(word)) return next === 'false' ? [] : ['production'];
    const [match, value] = /^(?:--?c|--configuration)(?:=(.*))?$/s.exec(word) ?? [];
    if (match === undefined) return [];
    return [value ?? (next === undefined || next.startsWith('-') ? '' : next)];
  });
  return found.length === 0 ? undefined : found.join(',');
}

/** The values of an option: what follows its `=`, else the words up to the next option. */
function listOf(words: readonly string[], names: string): readonly string[] {
  const option = new RegExp(`^--?(?:${names})(?:=(.*))?$`, 's');
  return words
    .flatMap((word, index) => {
      const [match, value] = option.exec(word) ?? [];
      if (match === undefined || value !== undefined) return value ?? [];
      const rest = words.slice(index + 1);
      const end = rest.findIndex((one) => one.startsWith('-'));
      return end === -1 ? rest : rest.slice(0, end);
    })
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '');
}

function manyProjects(words: readonly string[], projects: GuardedProjects): readonly string[] {
  const patterns = listOf(words, 'p|project|projects');
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const excluded = new Set([...unwanted, ...listOf(words, 'exclude')]);
  const areNames = wanted.length > 0 && wanted.every((name) => Object.hasOwn(projects, name));
  return (areNames ? wanted : Object.keys(projects)).filter((name) => !excluded.has(name));
}

/** Those of which Nx takes one: of that name or folder, with it in their names, or around the current folder. */
function oneOfProjects(
  project: string | undefined,
  target: string,
  projects: GuardedProjects,
  folder: string,
): readonly string[] {
  if (project !== undefined && Object.hasOwn(projects, project)) return [project];
  const having = Object.entries(projects).filter(([, { targets }]) => targets?.[target] !== undefined);
  const isAround = ({ root }: GuardedProject) =>
    root === '.' || folder === root || folder.startsWith(`${root}/`);
  if (project !== undefined) {
    const text = project.toLowerCase();
    return having
      .filter(([name, { root }]) => name.toLowerCase().includes(text) || root === project)
      .map(([name]) => name);
  }
  const [around] = having
    .filter(([, one]) => isAround(one))
    .sort(([, a], [, b]) => b.root.length - a.root.length);
  return (around === undefined ? having : [around]).map(([name]) => name);
}

interface Specifier {
  readonly project: string | undefined;
  readonly name: string;
  readonly configuration: string | undefined;
}

/** `project:target:configuration` or a part of it that has the target. Names may contain colons. */
function readSpecifier(text: string, projects: GuardedProjects): Specifier | undefined {
  const parts = text.split(':');
  const join = (from: number, to?: number) => parts.slice(from, to).join(':');
  const readings = parts.flatMap((_, from) =>
    parts
      .slice(from)
      .map((_, length) => parts.length - length)
      .map((to) => ({ project: join(0, from), name: join(from, to), configuration: join(to) })),
  );
  const has = (project: GuardedProject | undefined, name: string) => project?.targets?.[name] !== undefined;
  const reading =
    readings.find(({ project, name }) => has(projects[project], name)) ??
    readings.find(({ name }) => Object.values(projects).some((project) => has(project, name)));
  return (
    reading && {
      project: reading.project || undefined,
      name: reading.name,
      configuration: reading.configuration || undefined,
    }
  );
}

function tasksOf(projects: GuardedProjects, project: string, names: readonly string[]): readonly Task[] {
  const targets = projects[project]?.targets;
  return names.flatMap((name) => {
    const target = targets?.[name];
    return target === undefined ? [] : { project, name, target };
  });
}

/** A task and what it depends on in its own project. */
export function reachedFrom(start: Task, projects: GuardedProjects): readonly Task[] {
  const reached = new Map<string, Task>();
  const visit = (task: Task): void => {
    if (reached.has(task.name)) return;
    reached.set(task.name, task);
    const names = (task.target.dependsOn ?? []).flatMap((dependency) => {
      if (typeof dependency === 'string') return dependency;
      const isOwn = dependency.projects === undefined && dependency.dependencies !== true;
      return isOwn ? dependency.target : [];
    });
    tasksOf(projects, start.project, names).forEach(visit);
  };
  visit(start);
  return [...reached.values()];
}
