import type { PromiseExecutor } from '@nx/devkit';
import { requireNode } from 'd1-core/node';
import type { SchemaDocsExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<SchemaDocsExecutorOptions> = async (options, context) => {
  requireNode();
  const { runSchemaDocs } = await import('./run.ts');
  return runSchemaDocs(options, context.root);
};

export default runExecutor;
