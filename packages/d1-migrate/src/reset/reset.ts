import { readFile } from 'node:fs/promises';
import { openLocalD1, type D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import {
  createHistoryStatement,
  journalStatements,
  ownTableChanges,
  readDatabaseState,
  recordFlaws,
  recordStatement,
  stampStatements,
} from 'd1-core/records';
import { lineIndex, type Position } from 'd1-core/sql';
import { readMigration } from 'd1-core/migrations';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { replaceDatabase, requireUnusedDatabase } from 'd1-core/snapshot';
import { loadSplitter } from 'd1-core/wrangler';
import { journalEntries } from '../apply/index.ts';
import { blockedError, findBlockers, survey, type Survey } from '../survey/index.ts';
import { locateFailure } from '../explain/index.ts';
import type { Identify } from 'd1-core/run';
import { localDatabase, type Target } from 'd1-core/target';

export interface ResetRequest {
  readonly target: Target;
  readonly identify: Identify;
  /** A file of SQL to run after the migrations; absolute. */
  readonly seed?: string | undefined;
  /** Stop before the database is replaced. */
  readonly dryRun?: boolean | undefined;
  /** Gets the consent to replace the database; throws when there is none. */
  readonly approve?: (() => Promise<void>) | undefined;
}

export interface ResetResult {
  readonly target: Target;
  readonly outcome: 'reset' | 'dry-run';
  readonly migrations: readonly string[];
  readonly seeded: boolean;
  /** The id of the snapshot of the old database; null when there was none. */
  readonly snapshot: string | null;
  readonly durationMs: number;
}

/**
 * Replaces a local database by a new one with all migrations, in one engine. The new one is made beside the old one, which is
 * replaced only when everything has run, after a snapshot was taken of it: a reset that fails or is killed leaves the old one as it
 * was. A dry run makes the new one in a throw-away folder, and replaces nothing. Throws D1Error `reset-remote`, `database-in-use`, `snapshot-failed`, and what a migration or the seed fails with.
 */
export async function reset(request: ResetRequest): Promise<ResetResult> {
  const { target, dryRun = false } = request;
  refuseRemote(target);
  if (!dryRun) await request.approve?.();
  const started = performance.now();
  const database = localDatabase(target);
  if (!dryRun) {
    await requireUnusedDatabase(database);
    makeFolder(target.persistTo);
  }
  const workplace = makeThrowAwayFolder(dryRun ? undefined : target.persistTo);
  try {
    const made = { ...target, persistTo: workplace.path };
    const d1 = openLocalD1(localDatabase(made));
    let result: Survey;
    try {
      result = await build(d1, made, request);
    } finally {
      await d1.close();
    }
    const snapshot = dryRun ? undefined : await replaceDatabase(database, localDatabase(made), ['reset']);
    return {
      target,
      outcome: dryRun ? 'dry-run' : 'reset',
      snapshot: snapshot?.id ?? null,
      migrations: result.files.map(({ name }) => name),
      seeded: request.seed !== undefined,
      durationMs: performance.now() - started,
    };
  } finally {
    workplace.remove();
  }
}

function refuseRemote({ environment }: Target): void {
  if (environment.location === 'local') return;
  throw new D1Error({
    code: 'reset-remote',
    message: `"${environment.name}" is remote; reset deletes a database, and works on local ones only.`,
    fix: 'Run it without --configuration, or with a local environment.',
    exitCode: 2,
  });
}

async function build(d1: D1, target: Target, { identify, seed }: ResetRequest): Promise<Survey> {
  const [empty, split] = await Promise.all([survey(target, d1), loadSplitter(target.wrangler)]);
  const blocked = blockedError(await findBlockers(empty));
  if (blocked !== undefined) throw blocked;
  const table = target.database.migrationsTable;
  await d1.batch([createHistoryStatement(table, { quoted: target.wrangler.can.quotesHistoryTable })]);
  for (const file of empty.files) {
    // Wrangler appends the statement that records a file to its text, and splits both as one.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(readMigration(file).bytes);
    await runFile(d1, file.path, text, split(`${text}\n${recordStatement(table, file.name)};`));
  }
  if (seed !== undefined) {
    const text = await readSeed(seed);
    await requireForeignToRecords(seed, text, table);
    const before = await readDatabaseState(d1, table);
    await runFile(d1, seed, text, split(text));
    const [flaw] = recordFlaws(before, await readDatabaseState(d1, table), []);
    if (flaw !== undefined) throw touched(seed, `The seed changed what the tools note. ${flaw}`);
  }
  const events = empty.files.map(
    ({ name }) => ({ action: 'reset', migration: name, outcome: 'applied' }) as const,
  );
  await d1.batch([
    ...stampStatements(target.environment.name),
    ...journalStatements(journalEntries(empty, await identify(), events)),
  ]);
  return empty;
}

/** A seed fills the tables of the application, and no others. */
async function requireForeignToRecords(file: string, text: string, historyTable: string): Promise<void> {
  const [change] = await ownTableChanges(text, historyTable);
  if (change === undefined) return;
  const message = `The seed changes ${change.table}, where the tools note what is applied.`;
  throw touched(file, message, lineIndex(text).positionAt(change.start));
}

const touched = (file: string, message: string, position?: Position): D1Error =>
  new D1Error({
    code: 'touches-own-table',
    message,
    fix: 'Remove the statement.',
    location: { file, ...position },
    notes: ['The local database is as it was before.'],
  });

async function readSeed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new D1Error({
      code: 'unreadable-seed',
      message: `The seed file cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Give a path relative to the workspace root: --seed=migrations/seed/development.sql',
      location: { file },
      exitCode: 2,
      cause,
    });
  }
}

/** Runs one file as one transaction. On a failure says which statement it was; the database is thrown away anyway. */
async function runFile(d1: D1, file: string, text: string, statements: readonly string[]): Promise<void> {
  try {
    await d1.batch(statements);
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const located = await locateFailure(d1, file, text);
    const { code, message, fix } = located.error ?? error;
    throw new D1Error({
      code,
      message: `The reset failed: ${message}`,
      fix,
      location: located.location,
      notes: [...located.notes, 'The local database is as it was before.'],
      cause: error,
    });
  }
}
