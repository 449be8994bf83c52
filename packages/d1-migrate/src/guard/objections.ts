import { nearest } from 'd1-core/errors';
import {
  reachedFrom,
  type GuardedProjects,
  type GuardedTarget,
  type RequestedRun,
  type Task,
} from './requested-run.ts';

export interface Objections {
  /** Why the run must not start. */
  readonly refusal: string | undefined;
  /** What Nx runs in place of targets of the D1 plugins. */
  readonly warnings: readonly string[];
}

/**
 * Objects to a D1 target without the configuration that is asked for, because Nx would run it with the defaults; and to a
 * script of package.json, or a target of the project's own, in place of a D1 target: it is refused where the
 * configuration is an environment of the project, because it would work on who knows what.
 */
export function objectionsTo(run: RequestedRun, projects: GuardedProjects): Objections {
  const { configuration } = run;
  const unknown =
    configuration === undefined ? undefined : unknownConfiguration(run, configuration, projects);
  if (unknown !== undefined) return { refusal: unknown, warnings: [] };
  const reached = run.tasks.flatMap((task) => reachedFrom(task, projects));
  const replaced = [
    ...new Map(
      reached.filter((task) => isReplaced(task, projects)).map((task) => [label(task), task]),
    ).values(),
  ];
  const refused = replaced.filter(
    ({ project, target }) =>
      configuration !== undefined &&
      !has(target, configuration) &&
      Object.values(projects[project]?.targets ?? {}).some((one) => isD1(one) && has(one, configuration)),
  );
  return {
    refusal: refused.length === 0 ? undefined : [...refused.map(replacement), 'Nothing was run.'].join('\n'),
    warnings: replaced.map(replacement),
  };
}

const has = (target: GuardedTarget, configuration: string): boolean =>
  Object.hasOwn(target.configurations ?? {}, configuration);

const isD1 = ({ executor = '' }: GuardedTarget): boolean =>
  /^d1-(?:migrate|lint|queries|backup):/.test(executor);

const isReplaced = ({ project, name, target }: Task, projects: GuardedProjects): boolean =>
  !isD1(target) && (projects[project]?.metadata?.targetGroups?.['D1'] ?? []).includes(name);

const label = ({ project, name }: Task): string => `${project}:${name}`;

function unknownConfiguration(
  { tasks, isMany }: RequestedRun,
  configuration: string,
  projects: GuardedProjects,
): string | undefined {
  // Which of several projects is meant is Nx's to say: refuse only what all of them lack.
  // A target that has the configuration may depend on D1 targets without it: that is its author's decision.
  const isKnown = !isMany && tasks.some(({ target }) => has(target, configuration));
  const started = isMany ? tasks : tasks.slice(0, 1).flatMap((task) => reachedFrom(task, projects));
  const lacking = isKnown ? [] : started.filter(({ target }) => isD1(target) && !has(target, configuration));
  const [first, second] = lacking;
  if (first === undefined) return undefined;
  if (configuration === '') {
    return `The configuration is empty, and Nx would run ${label(first)} for ${first.target.defaultConfiguration ?? 'its default'}. Write --configuration=<name>, or leave it out. Known: ${knownOf(first)}`;
  }
  const meant = nearest(configuration, Object.keys(first.target.configurations ?? {}));
  const one = `${label(first)}. Nothing was run.${meant === undefined ? '' : ` Did you mean "${meant}"?`} Known: ${knownOf(first)}.`;
  const several = lacking.map((task) => `${label(task)} (known: ${knownOf(task)})`).join(', ');
  const names = [...new Set(lacking.map(({ project }) => project))].join(',');
  return `Unknown configuration "${configuration}" for ${second === undefined ? one : `${several}. Nothing was run.`}${isMany ? ` To leave projects out: --exclude=${names}` : ''}`;
}

/** A target of a broken wrangler config has no configurations, and says why in its description. */
function knownOf({ target }: Task): string {
  const known = Object.keys(target.configurations ?? {});
  return known.length > 0
    ? known.join(', ')
    : `none; ${(target.metadata?.description ?? 'the target has none').replace(/\.$/, '')}`;
}

function replacement(task: Task): string {
  const isScript = task.target.executor === 'nx:run-script';
  return (
    `${label(task)} is not the target of the D1 plugins: ${isScript ? 'a script of package.json has' : 'the project has a target of'} that name, and Nx runs it instead. ` +
    `Give the D1 targets other names in nx.json: "targetPrefix": "d1-" in the options of the plugin` +
    `${isScript ? ', or leave the script out of "nx.includedScripts" in package.json' : ''}.`
  );
}
