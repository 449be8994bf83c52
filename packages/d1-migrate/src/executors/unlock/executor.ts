import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { UnlockExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<UnlockExecutorOptions> = async (options, context) => {
  requireNode();
  const { runUnlock } = await import('./run.ts');
  return runUnlock(options, context.root);
};

export default runExecutor;
