import type { PromiseExecutor } from '@nx/devkit';
import { readTexts } from 'd1-core/command';
import { requireNode } from 'd1-core/node';
import type { LintExecutorOptions } from './schema.d.ts';

/** Loads the work only when Node is known to be able to. */
const runExecutor: PromiseExecutor<LintExecutorOptions> = async (options, context) => {
  requireNode();
  const { runLintExecutor } = await import('./run.ts');
  return runLintExecutor(readTexts(options), context.root);
};

export default runExecutor;
