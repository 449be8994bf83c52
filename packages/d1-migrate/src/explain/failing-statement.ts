import type { D1 } from 'd1-core/database';
import type { D1Error, SourceLocation } from 'd1-core/errors';
import { codeFrame } from 'd1-core/report';
import { lineIndex, loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import { errorOf, firstFailure, type Batch } from './first-failure.ts';

/** Which statement of a migration fails, found by running it again on a throw-away copy. */
export type FailingStatement =
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
