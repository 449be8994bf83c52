import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { ResetExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<ResetExecutorOptions> = async (options, context) => {
  requireNode();
  const { runReset } = await import('./run.ts');
  return runReset(options, context.root);
};

export default runExecutor;
