import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { PlanExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<PlanExecutorOptions> = async (options, context) => {
  requireNode();
  const { runPlan } = await import('./run.ts');
  return runPlan(options, context.root);
};

export default runExecutor;
