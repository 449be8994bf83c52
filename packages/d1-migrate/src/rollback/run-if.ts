import { executeScript, type D1, type RemoteDatabase } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { requireStatement } from 'd1-core/history';
import { quoteIdentifier, quoteText } from 'd1-core/sql';
import { retryRead } from 'd1-core/run';

/** A condition: a migration is the last one in the history. */
export const isLast = (historyTable: string, name: string): string =>
  `(SELECT name FROM ${quoteIdentifier(historyTable)} ORDER BY id DESC LIMIT 1) = ${quoteText(name)}`;

/**
 * Runs statements as one call, if a condition holds at that moment. Throws `changed-meanwhile` where it does not. A
 * script for a remote database may be of any length.
 */
export async function runIf(
  d1: D1,
  condition: string,
  statements: readonly string[] = [],
  remote?: RemoteDatabase,
): Promise<void> {
  const all = [requireStatement(condition), ...statements];
  try {
    await (remote === undefined ? d1.batch(all) : executeScript(d1, remote, all));
  } catch (error) {
    if (!isD1Error(error) || !error.message.includes('malformed JSON')) throw error;
    throw (await holds(d1, condition)) ? error : changedMeanwhile(error);
  }
}

/** Whether it is the condition that was at fault, and not JSON in a statement. */
async function holds(d1: D1, condition: string): Promise<boolean> {
  const [[row] = []] = await retryRead(() => d1.batch([`SELECT ${condition} AS holds`]));
  return row?.['holds'] === 1;
}

const changedMeanwhile = (cause: D1Error): D1Error =>
  new D1Error({
    code: 'changed-meanwhile',
    message: 'Another run has changed this database since it was read here.',
    fix: 'Look with the target "status" what is applied now, and run it again.',
    cause,
  });
