import type { DatabaseSync } from 'node:sqlite';
import { quoteIdentifier } from '../sql/index.ts';

/** `out-of-step`: a search finds other rows than those that hold the words. `unusable`: what it takes its text from is gone. */
export type SearchFault = 'out-of-step' | 'unusable';

/** FTS5 answers with SQLITE_CORRUPT_VTAB where its index is not of the text that is there. */
const CORRUPT = 267;

/**
 * The FTS5 tables in which a search finds something else than what stands in the text that they index, by name. Asks
 * FTS5 itself (https://sqlite.org/fts5.html#the_integrity_check_command); changes nothing, but waits for the lock of a writer.
 */
export function searchFaults(database: DatabaseSync): ReadonlyMap<string, SearchFault> {
  const tables = database
    .prepare(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE 'create virtual table%using%fts5%' ORDER BY name",
    )
    .all()
    .map(({ name }) => String(name));
  const faults = new Map<string, SearchFault>();
  for (const table of tables) {
    const name = quoteIdentifier(table);
    database.exec('BEGIN');
    try {
      database.exec(`INSERT INTO main.${name} (${name}, rank) VALUES ('integrity-check', 1)`);
    } catch (error) {
      faults.set(table, codeOf(error) === CORRUPT ? 'out-of-step' : 'unusable');
    } finally {
      database.exec('ROLLBACK');
    }
  }
  return faults;
}

/** Not by `instanceof`: in a test runner SQLite's errors come from another realm. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
