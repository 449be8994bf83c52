import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { BackupExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<BackupExecutorOptions> = async (options, context) => {
  requireNode();
  const { runBackup } = await import('./run.ts');
  return runBackup(options, context.root);
};

export default runExecutor;
