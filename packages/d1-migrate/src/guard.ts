import type { PreTasksExecution } from '@nx/devkit';
import { relative, sep } from 'node:path';
import { replacedTargets } from './guard/replaced-targets.ts';
import { parseRequestedRun } from './guard/requested-run.ts';
import { refusal } from './guard/unknown-configuration.ts';

export const name = 'd1-migrate/guard';

/**
 * Refuses, before any task runs, a configuration that a D1 target does not have: Nx would run the target with its
 * defaults and report success (https://github.com/nrwl/nx/issues/8700). Says where Nx runs something else in the place of
 * a D1 target, and refuses that where a configuration is asked for.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  const run = parseRequestedRun(argv);
  // Loaded only here: Nx loads this file for every command, and this is the slow part.
  const { logger, readProjects } = await import('./guard/read-projects.ts');
  const projects = readProjects();
  if (projects === undefined) {
    logger.warn(`${name}: Nx keeps no project graph here, so the configuration was not checked.`);
    return;
  }
  const folder = relative(workspaceRoot, process.cwd()).split(sep).join('/');
  const reason = refusal(run, projects, folder);
  if (reason !== undefined) throw new Error(reason);
  const replaced = replacedTargets(run, projects, folder);
  const refused = replaced.filter(({ isRefused }) => isRefused).map(({ message }) => message);
  if (refused.length > 0) throw new Error(`${refused.join('\n')}\nNothing was run.`);
  for (const { message } of replaced) logger.warn(message);
};
