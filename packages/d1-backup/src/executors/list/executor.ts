import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { ListExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<ListExecutorOptions> = async (options, context) => {
  requireNode();
  const { runList } = await import('./run.ts');
  return runList(options, context.root);
};

export default runExecutor;
