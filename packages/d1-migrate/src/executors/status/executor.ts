import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { StatusExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<StatusExecutorOptions> = async (options, context) => {
  requireNode();
  const { runStatus } = await import('./run.ts');
  return runStatus(options, context.root);
};

export default runExecutor;
