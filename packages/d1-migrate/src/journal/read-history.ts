import { readDatabaseState, type DatabaseState } from 'd1-core/history';
import { readAudit, type AuditLine } from 'd1-core/audit';
import { retryRead } from 'd1-core/run';
import { checkTargetStamp, openTarget, type Target } from 'd1-core/target';

/** What a database knows of its own past, and what the audit file of its environment does. */
export interface DatabaseHistory extends DatabaseState {
  readonly target: Target;
  /** Empty for an environment that is not protected. */
  readonly audit: readonly AuditLine[];
}

/** Reads the history, the journal and the stamp of a database, and the audit file. Writes nothing. */
export async function readHistory(target: Target): Promise<DatabaseHistory> {
  const d1 = openTarget(target);
  try {
    const { environment, database } = target;
    const state = await retryRead(() => readDatabaseState(d1, database.migrationsTable));
    checkTargetStamp(target, state.stamp);
    const audit = environment.protected ? await readAudit(target.protection.auditFile) : [];
    return { target, ...state, audit };
  } finally {
    await d1.close();
  }
}
