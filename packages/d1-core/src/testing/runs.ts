import { D1Error, isD1Error } from '../errors/index.ts';
import type { Identify } from '../run/index.ts';
import { resolveTarget, type Target, type TargetOptions } from '../target/index.ts';
import type { TestWorkspace } from './workspace.ts';

export const identify: Identify = async () => ({
  run: 'test-run',
  actor: 'tester',
  commit: null,
  pluginVersion: '0.0.0',
});

export const targetIn = (
  { root, wranglerConfig }: TestWorkspace,
  options: Partial<TargetOptions> = {},
): Target => resolveTarget({ wranglerConfig, ...options }, root);

/** The error that work fails with; the test fails when it does not. */
export async function errorOf(work: Promise<unknown>): Promise<D1Error> {
  try {
    await work;
  } catch (error) {
    if (isD1Error(error)) return error;
    throw error;
  }
  throw new Error('The work was expected to fail, and it did not.');
}
