import { join } from 'node:path';
import { openLocalD1, type Row } from 'd1-core/database';
import { localDatabase } from 'd1-core/target';
import { targetIn, type TestWorkspace, identify } from 'd1-core/testing';
import { execa } from 'execa';
import { migrate, type MigrateRequest, type MigrateResult } from '../migrate/index.ts';
import { readStatus, type MigrationStatus } from '../status/index.ts';

export { errorOf, identify, targetIn } from 'd1-core/testing';

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
