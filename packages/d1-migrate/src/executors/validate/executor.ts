import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { ValidateExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<ValidateExecutorOptions> = async (options, context) => {
  requireNode();
  const { runValidate } = await import('./run.ts');
  return runValidate(options, context.root);
};

export default runExecutor;
