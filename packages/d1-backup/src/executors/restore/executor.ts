import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { RestoreExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<RestoreExecutorOptions> = async (options, context) => {
  requireNode();
  const { runRestore } = await import('./run.ts');
  return runRestore(options, context.root);
};

export default runExecutor;
