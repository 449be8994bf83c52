import { join } from 'node:path';
import { localDatabaseFile } from 'd1-core/database';
import { isOurTable } from 'd1-core/history';
import type { MigrationFile } from 'd1-core/migrations';
import { makeThrowAwayFolder } from 'd1-core/node';
import { copySnapshot } from 'd1-core/snapshot';
import { localDatabase, type Target } from 'd1-core/target';
import { analyseMigrations, mayTouchRows } from 'd1-core/loss';
import { observeAll, type Observation } from '../loss/index.ts';

/** What a comparison of a local database with its snapshot has found. */
export interface RunComparison extends Pick<Observation, 'losses' | 'examples'> {
  /** `not-needed`: nothing that was applied can touch rows that were there. */
  readonly compared: 'every-row' | 'not-needed' | 'not-possible';
  /** Why it was not possible. */
  readonly warnings: readonly string[];
}

const NOTHING = { losses: [], examples: [], warnings: [] };

/** Compares a local database with the snapshot of before the run, cell by cell. It must not be open in this process. */
export async function compareRun(
  target: Target,
  snapshot: string,
  applied: readonly MigrationFile[],
): Promise<RunComparison> {
  const migrations = await analyseMigrations(applied);
  if (!mayTouchRows(migrations)) return { ...NOTHING, compared: 'not-needed' };
  const database = localDatabase(target);
  const folder = makeThrowAwayFolder(database.persistTo);
  try {
    const scratch = join(folder.path, 'before.sqlite');
    await copySnapshot(database, snapshot, scratch);
    const isHidden = (table: string) => isOurTable(table, target.database.migrationsTable);
    const { losses, examples } = await observeAll(scratch, localDatabaseFile(database), migrations, isHidden);
    return { losses, examples, compared: 'every-row', warnings: [] };
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : String(error);
    const warning = `The rows could not be compared with those of the snapshot: ${reason}.`;
    return { ...NOTHING, compared: 'not-possible', warnings: [warning] };
  } finally {
    folder.remove();
  }
}
