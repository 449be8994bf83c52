import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { HistoryExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<HistoryExecutorOptions> = async (options, context) => {
  requireNode();
  const { runHistory } = await import('./run.ts');
  return runHistory(options, context.root);
};

export default runExecutor;
