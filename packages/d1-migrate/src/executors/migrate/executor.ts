import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { MigrateExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<MigrateExecutorOptions> = async (options, context) => {
  requireNode();
  const { runMigrate } = await import('./run.ts');
  return runMigrate(options, context.root);
};

export default runExecutor;
