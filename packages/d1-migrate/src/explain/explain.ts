import type { D1 } from 'd1-core/database';
import { type D1Error, isD1Error, type SourceLocation } from 'd1-core/errors';
import { codeFrame } from 'd1-core/report';
import { lineIndex, loadTokenizer, splitStatements, statementText } from 'd1-core/sql';

/** A statement that always fails: with it at the end, a batch changes nothing. */
export const ABORT = 'SELECT d1_migrate_abort()';

/** Whether it is that statement which has failed, so that all before it ran. */
export const isAborted = (reason: string): boolean => reason.includes('d1_migrate_abort');

/** Runs statements as one transaction. */
type Batch = (statements: readonly string[]) => Promise<unknown>;

interface Failure {
  /** Of the statement, from 0. */
  readonly index: number;
  readonly error: D1Error;
}

/**
 * The first statement that fails, found by halves without changing anything. Undefined when each runs: then it is the
 * transaction that fails at its end, or nothing at all.
 */
export async function firstFailure(
  batch: Batch,
  statements: readonly string[],
): Promise<Failure | undefined> {
  const errorIn = async (count: number) => {
    const error = await errorOf(batch, [...statements.slice(0, count), ABORT]);
    return error === undefined || isAborted(error.message) ? undefined : error;
  };
  let error = await errorIn(statements.length);
  if (error === undefined) return undefined;
  // `works` statements are known to run, `fails` are known not to.
  let [works, fails] = [0, statements.length];
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    const found = await errorIn(middle);
    if (found === undefined) works = middle;
    else [fails, error] = [middle, found];
  }
  return { index: fails - 1, error };
}

/** What the engine says against statements; undefined when they ran. */
export async function errorOf(batch: Batch, statements: readonly string[]): Promise<D1Error | undefined> {
  try {
    await batch(statements);
    return undefined;
  } catch (error) {
    if (isD1Error(error)) return error;
    throw error;
  }
}

/** Which statement of a migration fails, found by running it again on a throw-away copy. */
type FailingStatement =
  | { readonly kind: 'statement'; readonly index: number; readonly error: D1Error }
  /** Every statement runs, but the transaction as a whole is refused: a deferred foreign key is still violated. */
  | { readonly kind: 'commit'; readonly error: D1Error }
  /** All of it runs: the failure was not in the SQL, or depends on data that the copy does not have. */
  | { readonly kind: 'none' };

/** Searches on a throw-away database, which is changed where all of it runs. */
export async function findFailingStatement(d1: D1, statements: readonly string[]): Promise<FailingStatement> {
  const batch: Batch = (some) => d1.batch(some);
  const failure = await firstFailure(batch, statements);
  if (failure !== undefined) return { kind: 'statement', ...failure };
  const error = await errorOf(batch, statements);
  return error === undefined ? { kind: 'none' } : { kind: 'commit', error };
}

/** Where a file of SQL fails, for people. */
export interface LocatedFailure {
  /** What the engine says there; undefined when all of the file runs. */
  readonly error: D1Error | undefined;
  readonly location: SourceLocation;
  /** Which statement it is, with the lines around it. */
  readonly notes: readonly string[];
}

/** Runs a file of SQL on a throw-away database that it has failed on, and says at which statement. */
export async function locateFailure(d1: D1, file: string, text: string): Promise<LocatedFailure> {
  const statements = splitStatements((await loadTokenizer())(text));
  const found = await findFailingStatement(
    d1,
    statements.map((statement) => statementText(text, statement)),
  );
  if (found.kind === 'none') return { error: undefined, location: { file }, notes: [] };
  const statement = found.kind === 'statement' ? statements[found.index] : undefined;
  if (found.kind === 'commit' || statement === undefined)
    return { error: found.error, location: { file }, notes: [] };
  const position = lineIndex(text).positionAt(statement.start);
  return {
    error: found.error,
    location: { file, ...position },
    notes: [`Statement ${found.index + 1} of ${statements.length}:`, ...codeFrame(text, position)],
  };
}
