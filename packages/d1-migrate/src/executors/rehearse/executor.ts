import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { RehearseExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<RehearseExecutorOptions> = async (options, context) => {
  requireNode();
  const { runRehearse } = await import('./run.ts');
  return runRehearse(options, context.root);
};

export default runExecutor;
