import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { DriftExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<DriftExecutorOptions> = async (options, context) => {
  requireNode();
  const { runDrift } = await import('./run.ts');
  return runDrift(options, context.root);
};

export default runExecutor;
