import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { AuditExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<AuditExecutorOptions> = async (options, context) => {
  requireNode();
  const { runAudit } = await import('./run.ts');
  return runAudit(options, context.root);
};

export default runExecutor;
