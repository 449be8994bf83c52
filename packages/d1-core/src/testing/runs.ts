import { openLocalD1, type Row } from '../database/index.ts';
import { D1Error, isD1Error } from '../errors/index.ts';
import type { Identify } from '../run/index.ts';
import { localDatabase, resolveTarget, type Target, type TargetOptions } from '../target/index.ts';
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

/** Runs statements on the local database of a workspace, as one transaction. */
export async function execute(
  workspace: TestWorkspace,
  ...statements: readonly string[]
): Promise<readonly (readonly Row[])[]> {
  const d1 = openLocalD1(localDatabase(targetIn(workspace)));
  try {
    return await d1.batch(statements);
  } finally {
    await d1.close();
  }
}

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
