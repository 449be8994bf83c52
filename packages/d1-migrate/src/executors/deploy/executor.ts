import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { DeployExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<DeployExecutorOptions> = async (options, context) => {
  requireNode();
  const { runDeploy } = await import('./run.ts');
  return runDeploy(options, context.root);
};

export default runExecutor;
