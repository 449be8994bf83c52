import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { VerifyExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<VerifyExecutorOptions> = async (options, context) => {
  requireNode();
  const { runVerify } = await import('./run.ts');
  return runVerify(options, context.root);
};

export default runExecutor;
