import type { D1 } from 'd1-core/database';
import { isD1Error, type D1Error, type SourceLocation } from 'd1-core/errors';
import { codeFrame } from 'd1-core/report';
import { lineIndex, loadTokenizer, splitStatements, statementText } from 'd1-core/sql';

/** Which statement of a migration fails, found by running it again on a throw-away copy. */
export type FailingStatement =
  | { readonly kind: 'statement'; readonly index: number; readonly error: D1Error }
  /** Every statement runs, but the transaction as a whole is refused: a deferred foreign key is still violated. */
  | { readonly kind: 'commit'; readonly error: D1Error }
  /** All of it runs: the failure was not in the SQL, or depends on data that the copy does not have. */
  | { readonly kind: 'none' };

/** A statement that always fails, so that a probe leaves nothing behind. */
const UNDO_TABLE = 'd1_migrate_probe_that_does_not_exist';
const UNDO = `SELECT * FROM ${UNDO_TABLE}`;

/** Searches by halves: each probe runs the first statements as one batch that is rolled back. */
export async function findFailingStatement(d1: D1, statements: readonly string[]): Promise<FailingStatement> {
  const whole = await probe(d1, [...statements, UNDO]);
  if (whole === undefined) {
    const error = await probe(d1, statements);
    return error === undefined ? { kind: 'none' } : { kind: 'commit', error };
  }
  // `works` statements are known to run, `fails` are known not to.
  let works = 0;
  let fails = statements.length;
  let failure = whole;
  while (fails - works > 1) {
    const middle = Math.floor((works + fails) / 2);
    const error = await probe(d1, [...statements.slice(0, middle), UNDO]);
    if (error === undefined) {
      works = middle;
    } else {
      fails = middle;
      failure = error;
    }
  }
  return { kind: 'statement', index: fails - 1, error: failure };
}

/** The error of a batch; undefined when it ran, or got as far as the statement that undoes it. */
async function probe(d1: D1, statements: readonly string[]): Promise<D1Error | undefined> {
  try {
    await d1.batch(statements);
    return undefined;
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return error.message.includes(UNDO_TABLE) ? undefined : error;
  }
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
