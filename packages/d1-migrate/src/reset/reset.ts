import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLocalD1, type D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { createHistoryStatement, journalStatements, recordStatement, stampStatements } from 'd1-core/history';
import { readMigration } from 'd1-core/migrations';
import { loadSplitter } from 'd1-core/wrangler';
import { blockedError, findBlockers } from '../migrate/blockers.ts';
import { locateFailure } from '../migrate/failing-statement.ts';
import { journalEntries } from '../migrate/journal.ts';
import type { Identify } from 'd1-core/run';
import { survey, type Survey } from '../status/index.ts';
import { localDatabase, type Target } from 'd1-core/target';

export interface ResetRequest {
  readonly target: Target;
  readonly identify: Identify;
  /** A file of SQL to run after the migrations; absolute. */
  readonly seed?: string | undefined;
  /** Gets the consent to replace the database; throws when there is none. */
  readonly approve?: (() => Promise<void>) | undefined;
}

export interface ResetResult {
  readonly target: Target;
  readonly migrations: readonly string[];
  readonly seeded: boolean;
  readonly durationMs: number;
}

/**
 * Makes a local database anew and applies all migrations to it, in one engine. The new one is made beside the old one,
 * which is replaced only when everything has run: a reset that fails or is killed leaves the old one as it was.
 */
export async function reset(request: ResetRequest): Promise<ResetResult> {
  const { target } = request;
  refuseRemote(target);
  await request.approve?.();
  const started = performance.now();
  await mkdir(target.persistTo, { recursive: true });
  const workplace = await mkdtemp(join(target.persistTo, 'reset-'));
  try {
    const made = { ...target, persistTo: workplace };
    const d1 = openLocalD1(localDatabase(made));
    let result: Survey;
    try {
      result = await build(d1, made, request);
    } finally {
      await d1.close();
    }
    await replaceDatabase(workplace, target.persistTo);
    return {
      target,
      migrations: result.files.map(({ name }) => name),
      seeded: request.seed !== undefined,
      durationMs: performance.now() - started,
    };
  } finally {
    await rm(workplace, { recursive: true, force: true });
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
    await runFile(d1, seed, text, split(text));
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

/** Where workerd keeps D1 databases below the folder that `--persist-to` names. */
const DATABASE_FOLDER = join('v3', 'd1', 'miniflare-D1DatabaseObject');

/** Moves the new database over the old one. Its name follows from the database's id, so both have the same. */
async function replaceDatabase(from: string, to: string): Promise<void> {
  const source = join(from, DATABASE_FOLDER);
  const destination = join(to, DATABASE_FOLDER);
  await mkdir(destination, { recursive: true });
  const made = await readdir(source);
  const [database] = made.filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  if (database === undefined) throw new Error(`workerd left no database in ${source}`);
  // A write-ahead log of the old database must never meet the new file.
  for (const suffix of ['-wal', '-shm', ''])
    await rm(join(destination, `${database}${suffix}`), { force: true });
  for (const suffix of ['-wal', '']) {
    const name = `${database}${suffix}`;
    if (made.includes(name)) await rename(join(source, name), join(destination, name));
  }
}
