import { isD1Error } from '../errors/index.ts';
import { readDatabaseState } from '../history/index.ts';
import { retryRead } from '../run/index.ts';
import { checkTargetStamp, openTarget, type Target } from '../target/index.ts';
import { type AuditFinding, type AuditLine, missingRuns, readAudit, verifyChain } from './read-audit.ts';

export interface AuditReport {
  readonly target: Target;
  readonly file: string;
  readonly lines: readonly AuditLine[];
  readonly verification: Verification;
}

export interface Verification {
  readonly findings: readonly AuditFinding[];
  /** Why the file could not be compared with the journal; undefined when it was. */
  readonly notCompared: string | undefined;
}

/** Reads the audit file of an environment, and verifies it against the journal of the database. Writes nothing. */
export async function readAuditReport(target: Target): Promise<AuditReport> {
  const file = target.protection.auditFile;
  const lines = await readAudit(file);
  return { target, file, lines, verification: await verifyLines(target, lines) };
}

async function verifyLines(target: Target, lines: readonly AuditLine[]): Promise<Verification> {
  const chain = verifyChain(lines);
  const d1 = openTarget(target);
  try {
    const { migrationsTable } = target.database;
    const { journal, stamp } = await retryRead(() => readDatabaseState(d1, migrationsTable));
    checkTargetStamp(target, stamp);
    return { findings: [...chain, ...missingRuns(lines, journal)], notCompared: undefined };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return { findings: chain, notCompared: error.message };
  } finally {
    await d1.close();
  }
}
