import { nearest } from 'd1-core/errors';
import type { GuardedProjects } from './guarded-project.ts';
import type { RequestedRun } from './requested-run.ts';
import { hasConfiguration, requestedTasks } from './requested-tasks.ts';
import type { Task } from './requested-tasks.ts';

/**
 * Why a run must not start: a D1 target does not have its configuration, and Nx would run it with the defaults.
 * Undefined when the run may start. `folder` is the current one, relative to the workspace root, with `/`.
 */
export function refusal(run: RequestedRun, projects: GuardedProjects, folder: string): string | undefined {
  const { tasks, configuration } = requestedTasks(run, projects, folder);
  if (configuration === undefined) return undefined;
  const lacking = tasks.filter(({ target }) => !hasConfiguration(target, configuration));
  const [first, second] = lacking;
  if (first === undefined) return undefined;
  if (configuration === '') return emptyConfiguration(first);
  return second === undefined
    ? unknownForOne(configuration, first, run)
    : unknownForSome(configuration, lacking, run);
}

function emptyConfiguration(task: Task): string {
  const fallback = task.target.defaultConfiguration ?? 'its default';
  return `The configuration is empty, and Nx would run ${label(task)} for ${fallback}. Write --configuration=<name>, or leave it out. Known: ${knownOf(task)}`;
}

function unknownForOne(configuration: string, task: Task, run: RequestedRun): string {
  const meant = nearest(configuration, Object.keys(task.target.configurations ?? {}));
  const guess = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  return `Unknown configuration "${configuration}" for ${label(task)}. Nothing was run.${guess} Known: ${knownOf(task)}.${exclusion([task], run)}`;
}

function unknownForSome(configuration: string, tasks: readonly Task[], run: RequestedRun): string {
  const details = tasks.map((task) => `${label(task)} (known: ${knownOf(task)})`).join(', ');
  return `Unknown configuration "${configuration}" for ${details}. Nothing was run.${exclusion(tasks, run)}`;
}

function exclusion(tasks: readonly Task[], run: RequestedRun): string {
  const projects = [...new Set(tasks.map((task) => task.project))].join(',');
  return run.kind === 'many' ? ` To leave projects out: --exclude=${projects}` : '';
}

/** A target of a broken wrangler config has no configurations, and says why in its description. */
function knownOf({ target }: Task): string {
  const known = Object.keys(target.configurations ?? {});
  return known.length > 0
    ? known.join(', ')
    : `none; ${(target.metadata?.description ?? 'the target has none').replace(/\.$/, '')}`;
}

function label({ project, name }: Task): string {
  return `${project}:${name}`;
}
