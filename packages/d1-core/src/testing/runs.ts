import { existsSync } from 'node:fs';
import { localDatabaseFile, openLocalD1, type Row } from '../database/index.ts';
import { D1Error, isD1Error, messageOf } from '../errors/index.ts';
import type { Identify } from '../run/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { localDatabase, resolveTarget, type Target, type TargetOptions } from '../target/index.ts';
import { explainSqlError } from '../wrangler/index.ts';
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

/**
 * Runs statements on the local database of a workspace, each a single one, all as one transaction. What is there already is asked
 * as the SQLite file that it is, in a millisecond; workerd starts only to make a database.
 */
export async function execute(
  workspace: TestWorkspace,
  ...statements: readonly string[]
): Promise<readonly (readonly Row[])[]> {
  const database = localDatabase(targetIn(workspace));
  const file = localDatabaseFile(database);
  if (existsSync(file)) return executeInFile(file, statements);
  const d1 = openLocalD1(database);
  try {
    return await d1.batch(statements);
  } finally {
    await d1.close();
  }
}

async function executeInFile(
  file: string,
  statements: readonly string[],
): Promise<readonly (readonly Row[])[]> {
  const connection = await openDatabaseFile(file);
  try {
    connection.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    const results = statements.map((sql) => connection.prepare(sql).all());
    connection.exec('COMMIT');
    return results.map((rows) => rows.map((row) => ({ ...row })));
  } catch (error) {
    // As D1 says it.
    throw explainSqlError(`${messageOf(error)}: SQLITE_ERROR`);
  } finally {
    connection.close();
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
