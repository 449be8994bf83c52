import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { BaselineExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<BaselineExecutorOptions> = async (options, context) => {
  requireNode();
  const { runBaseline } = await import('./run.ts');
  return runBaseline(options, context.root);
};

export default runExecutor;
