import type { Tree } from '@nx/devkit';
import { getProjects, logger } from '../nx/index.ts';
import { D1Error, isD1Error, nearest } from '../errors/index.ts';
import type { PluginOptions } from '../inference/index.ts';
import { noWorker, readWorker, type Worker } from '../site/index.ts';

/**
 * The Worker of a project, or the only one of the workspace. Throws a `D1Error` (`unknown-project`, `no-worker`,
 * `several-workers`, or what is wrong with the wrangler config).
 */
export function findWorker(tree: Tree, project: string | undefined, options: PluginOptions): Worker {
  const projects = getProjects(tree);
  if (project !== undefined) {
    const root = projects.get(project)?.root;
    if (root === undefined) throw unknownProject(project, [...projects.keys()]);
    const worker = readWorker(tree, project, root, options);
    if (worker === undefined)
      throw noWorker(`The project ${project} has no wrangler config with a D1 database.`);
    return worker;
  }
  const { workers, failures } = readWorkers(tree, options);
  const [worker, second] = workers;
  if (second !== undefined) throw severalWorkers(workers);
  if (worker !== undefined) return worker;
  if (failures.length > 0) throw failures[0];
  throw noWorker('No project of this workspace has a wrangler config with a D1 database.');
}

/** Every Worker of the workspace whose wrangler config can be read. */
export const findWorkers = (tree: Tree, options: PluginOptions): readonly Worker[] =>
  readWorkers(tree, options).workers;

function readWorkers(
  tree: Tree,
  options: PluginOptions,
): { readonly workers: readonly Worker[]; readonly failures: readonly unknown[] } {
  const workers: Worker[] = [];
  const failures: unknown[] = [];
  for (const [name, { root }] of getProjects(tree)) {
    try {
      const worker = readWorker(tree, name, root, options);
      if (worker !== undefined) workers.push(worker);
    } catch (error) {
      failures.push(error);
    }
  }
  return { workers, failures };
}

/** `findWorker` for scripts that a workspace without a Worker, or with several, gets later: then it warns. */
export function findWorkerOrWarn(
  tree: Tree,
  project: string | undefined,
  options: PluginOptions,
): Worker | undefined {
  try {
    return findWorker(tree, project, options);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    logger.warn(`No npm scripts were added. ${error.message} ${error.fix}`);
    return undefined;
  }
}

function unknownProject(project: string, known: readonly string[]): D1Error {
  const meant = nearest(project, known);
  return new D1Error({
    code: 'unknown-project',
    message: `There is no project "${project}" in this workspace.`,
    fix: `${meant === undefined ? '' : `Did you mean --project=${meant}? `}Known: ${known.join(', ')}.`,
    exitCode: 2,
  });
}

function severalWorkers(workers: readonly Worker[]): D1Error {
  const names = workers.map(({ project }) => project);
  return new D1Error({
    code: 'several-workers',
    message: `Several projects have a D1 database: ${names.join(', ')}.`,
    fix: `Choose one: ${names.map((name) => `--project=${name}`).join(' or ')}`,
    exitCode: 2,
  });
}
