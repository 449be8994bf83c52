import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { PruneExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<PruneExecutorOptions> = async (options, context) => {
  requireNode();
  const { runPrune } = await import('./run.ts');
  return runPrune(options, context.root);
};

export default runExecutor;
