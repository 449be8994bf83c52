import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { RollbackExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<RollbackExecutorOptions> = async (options, context) => {
  requireNode();
  const { runRollback } = await import('./run.ts');
  return runRollback(options, context.root);
};

export default runExecutor;
