import type { PreTasksExecution } from '@nx/devkit';
import { relative, sep } from 'node:path';
import { parseRequestedRun } from './guard/requested-run.ts';
import { refusal } from './guard/unknown-configuration.ts';

export const name = 'd1-migrate/guard';

/**
 * Refuses, before any task runs, a configuration that a D1 target does not have: Nx would run the target with its
 * defaults and report success (https://github.com/nrwl/nx/issues/8700). Targets of other plugins are not looked at.
 */
export const preTasksExecution: PreTasksExecution = async (_options, { argv, workspaceRoot }) => {
  const run = parseRequestedRun(argv);
  if (run.configuration === undefined && !(run.kind === 'one' && run.specifier?.includes(':'))) return;
  // Loaded only when a configuration was asked for: it is the slow part.
  const { readProjects } = await import('./guard/read-projects.ts');
  const projects = readProjects(name);
  if (projects === undefined) return;
  const reason = refusal(run, projects, relative(workspaceRoot, process.cwd()).split(sep).join('/'));
  if (reason !== undefined) throw new Error(reason);
};
