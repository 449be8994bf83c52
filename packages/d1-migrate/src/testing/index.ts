import { join } from 'node:path';
import { openLocalD1, type Row } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { TestWorkspace } from 'd1-core/testing';
import { execa } from 'execa';
import { migrate, type MigrateRequest, type MigrateResult } from '../migrate/index.ts';
import type { Identify } from '../run/index.ts';
import { readStatus, type MigrationStatus } from '../status/index.ts';
import { localDatabase, resolveTarget, type Target, type TargetOptions } from '../target/index.ts';

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

/** Migrates without a question. */
export function migrateIn(
  workspace: TestWorkspace,
  request: Partial<MigrateRequest> = {},
): Promise<MigrateResult> {
  return migrate({
    target: targetIn(workspace),
    identify,
    dryRun: false,
    approve: async () => undefined,
    ...request,
  });
}

/** Asks the local database of a workspace. */
export async function query(workspace: TestWorkspace, sql: string): Promise<readonly Row[]> {
  const [rows = []] = await execute(workspace, sql);
  return rows;
}

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

/** The folder of an executor. */
export type ExecutorName =
  | 'migrate'
  | 'status'
  | 'reset'
  | 'rehearse'
  | 'plan'
  | 'audit'
  | 'history'
  | 'deploy'
  | 'unlock'
  | 'rollback'
  | 'drift'
  | 'baseline'
  | 'schema-docs';

/** Runs an executor in a process of its own. Its promise settles when the process has ended, however it did. */
export function startExecutor(
  name: ExecutorName,
  { root, wranglerConfig }: TestWorkspace,
  options: object = {},
) {
  const script = join(import.meta.dirname, 'run-executor.ts');
  return execa(process.execPath, [script, name, root, JSON.stringify({ wranglerConfig, ...options })], {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined },
  });
}

/** Name and state of every migration. */
export async function statesIn(
  workspace: TestWorkspace,
): Promise<Readonly<Record<string, MigrationStatus['state']>>> {
  const { migrations } = await readStatus(targetIn(workspace));
  return Object.fromEntries(migrations.map(({ name, state }) => [name, state]));
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
