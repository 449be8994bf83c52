import { checkStamp, readDatabaseState, type DatabaseState } from 'd1-core/history';
import { openTarget, type Target } from '../target/index.ts';

/** What a database knows of its own past. */
export interface DatabaseHistory extends DatabaseState {
  readonly target: Target;
}

/** Reads the history, the journal and the stamp of a database. Writes nothing. */
export async function readHistory(target: Target): Promise<DatabaseHistory> {
  const d1 = openTarget(target);
  try {
    const { environment, database } = target;
    const state = await readDatabaseState(d1, database.migrationsTable);
    checkStamp(state.stamp, environment.name, database.databaseName ?? database.binding);
    return { target, ...state };
  } finally {
    await d1.close();
  }
}
