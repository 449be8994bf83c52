import type { DatabaseSync } from 'node:sqlite';
import { commandLine } from '../door/index.ts';
import { D1Error, explainFileError, systemCodeOf, messageOf } from '../errors/index.ts';
import { openDatabaseFile } from '../schema/index.ts';
import { sqlStatements } from './sql-stream.ts';

/** By the first word: what builds a database, and what a dump says besides. The rest has no business in one. */
const RUN = new Set(['CREATE', 'INSERT', 'REPLACE', 'UPDATE', 'DELETE', 'ALTER', 'DROP', 'ANALYZE']);
const PASSED_OVER = new Set(['PRAGMA', 'BEGIN', 'COMMIT', 'END', 'SELECT', 'VACUUM', 'REINDEX']);

const CREATES_TRIGGER = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\b/i;

/**
 * Runs a dump into an empty database file. Not by D1's engine, so that it takes what D1 wrote but would not take
 * back: children before their parents, triggers before their views, statements of more than 100 kB. What comes after it
 * runs on the real engine. Throws D1Error `unloadable-dump`; `source` is what its message calls the dump.
 */
export async function loadSql(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  source: string,
): Promise<void> {
  await buildDatabase(file, async (database) => {
    const triggers: string[] = [];
    for await (const statement of sqlStatements(chunks)) {
      if (CREATES_TRIGGER.test(statement)) triggers.push(statement);
      else runStatement(database, statement, source);
    }
    for (const trigger of triggers) runStatement(database, trigger, source);
  });
}

/** Opens a database file for one big load: all in one transaction, and nothing checked on the way. */
export async function buildDatabase(
  file: string,
  load: (database: DatabaseSync) => Promise<void>,
): Promise<void> {
  const database = await openDatabaseFile(file);
  try {
    // A load that fails leaves a file that is thrown away.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN');
    await load(database);
    database.exec('COMMIT');
  } catch (error) {
    throw explainFileError(error, { file }) ?? error;
  } finally {
    database.close();
  }
}

function runStatement(database: DatabaseSync, statement: string, source: string): void {
  const word = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(\w*)/.exec(statement)?.[1]?.toUpperCase() ?? '';
  if (PASSED_OVER.has(word)) return;
  try {
    if (!RUN.has(word))
      throw new Error(`a dump of D1 has no statement that begins with ${beginOf(statement)}`);
    if (isOfCloudflare(statement)) return;
    database.exec(statement);
  } catch (cause) {
    if (systemCodeOf(cause) !== undefined) throw cause;
    throw new D1Error({
      code: 'unloadable-dump',
      message: `${source} cannot be loaded: ${messageOf(cause)}.`,
      fix: `Give a file that "wrangler d1 export" or "${commandLine('d1-backup:backup')}" wrote.`,
      notes: [`The statement: ${withoutValues(statement)}`],
      exitCode: 2,
      cause,
    });
  }
}

/** Whether a statement of a dump makes or fills one of Cloudflare's own tables, which workerd makes itself. */
export const isOfCloudflare = (statement: string): boolean =>
  /^\s*(CREATE TABLE|INSERT INTO)\s+(IF NOT EXISTS\s+)?["'`]?_cf_/i.test(statement);

/** The first word, or what stands in its place: `.mode` of sqlite3, or what is no SQL at all. */
const beginOf = (statement: string): string =>
  JSON.stringify((/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(\S*)/.exec(statement)?.[1] ?? '').slice(0, 40));

/** The beginning of a statement, for a message: the values of rows stay where they are. */
export function withoutValues(statement: string): string {
  const text = statement.trim();
  const head =
    /^(?:INSERT|REPLACE)\b[\s\S]*?\b(?:VALUES|SELECT)\b|^(?:UPDATE|DELETE\s+FROM)\s+(?:"[^"]*"|\S+)/i.exec(
      text,
    )?.[0] ?? text;
  const shown = head.slice(0, 300);
  return shown.length < text.length ? `${shown} … (${text.length} characters)` : text;
}
