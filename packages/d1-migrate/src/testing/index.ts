import { join } from 'node:path';
import type { Row } from 'd1-core/database';
import {
  copyOfWorkspace,
  execute,
  identify,
  startExecutorWith,
  targetIn,
  type TestWorkspace,
} from 'd1-core/testing';
import { migrate, type MigrateRequest, type MigrateResult } from '../apply/index.ts';
import { readStatus, type MigrationStatus } from '../survey/index.ts';

export { errorOf, execute, identify, targetIn } from 'd1-core/testing';

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

/** A workspace of its own with a local database that these migrations were applied to, once for all tests of a file. */
export const migratedWorkspace = (migrations: Readonly<Record<string, string>>): Promise<TestWorkspace> =>
  copyOfWorkspace({ migrations }, async (workspace) => void (await migrateIn(workspace)));

/** Asks the local database of a workspace. */
export async function query(workspace: TestWorkspace, sql: string): Promise<readonly Row[]> {
  const [rows = []] = await execute(workspace, sql);
  return rows;
}

/** The folder of an executor. */
export type ExecutorName =
  'migrate' | 'status' | 'reset' | 'plan' | 'deploy' | 'unlock' | 'rollback' | 'baseline' | 'schema-docs';

/** Runs an executor in a process of its own. Its promise settles when the process has ended, however it did. */
export const startExecutor = (name: ExecutorName, workspace: TestWorkspace, options: object = {}) =>
  startExecutorWith(join(import.meta.dirname, 'run-executor.ts'), name, workspace, options);

/** Name and state of every migration. */
export async function statesIn(
  workspace: TestWorkspace,
): Promise<Readonly<Record<string, MigrationStatus['state']>>> {
  const { migrations } = await readStatus(targetIn(workspace));
  return Object.fromEntries(migrations.map(({ name, state }) => [name, state]));
}
