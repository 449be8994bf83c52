import type { PreTasksExecution } from '@nx/devkit';
import { relative, sep } from 'node:path';
import { objectionsTo } from './guard/objections.ts';
import { readRun } from './guard/requested-run.ts';

export const name = 'd1-migrate/guard';

/**
 * Refuses, before any task runs, a configuration that a D1 target does not have: Nx would run the target with its
 * defaults and report success (https://github.com/nrwl/nx/issues/8700). Says where Nx runs something else in place of
 * a D1 target, and refuses that where a configuration is asked for.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  // Loaded only here: Nx loads this file for every command, and this is the slow part.
  const { logger, readProjects } = await import('./guard/read-projects.ts');
  const projects = readProjects();
  if (projects === undefined) {
    logger.warn(`${name}: Nx keeps no project graph here, so the configuration was not checked.`);
    return;
  }
  const folder = relative(workspaceRoot, process.cwd()).split(sep).join('/');
  const { refusal, warnings } = objectionsTo(readRun(argv, projects, folder), projects);
  if (refusal !== undefined) throw new Error(refusal);
  for (const warning of warnings) logger.warn(warning);
};
